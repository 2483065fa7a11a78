package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"wherefore/domain"
	"wherefore/domain/explain"
	"wherefore/domain/facts"
)

// errorLine is an error as parse and cluster read it, one a line.
type errorLine struct {
	ID      json.RawMessage `json:"id"`
	Network domain.Network  `json:"network"`
	Status  int             `json:"http_status"`
	Error   json.RawMessage `json:"error"`
	raw     []byte          // the network's answer that Error stands for
}

// verdictLine is what parse answers.
type verdictLine struct {
	ID       json.RawMessage   `json:"id"`
	Network  domain.Network    `json:"network"`
	Reason   *domain.ReasonID  `json:"reason"`
	Category *domain.Category  `json:"category"`
	Parser   *string           `json:"parser"`
	Format   facts.Format      `json:"format"`
	Code     string            `json:"code"`
	Subcode  string            `json:"subcode"`
	Evidence []domain.Evidence `json:"evidence"`
}

// refusedLine stands in the place of a line that is not usable.
type refusedLine struct {
	ID    json.RawMessage `json:"id,omitempty"`
	Error string          `json:"error"`
}

// runParse answers each error on standard input with its verdict.
func runParse(_ context.Context, e env) error {
	if len(e.args) > 0 {
		return fmt.Errorf("parse reads standard input and does not know what %q means", e.args)
	}
	_, engine, err := explain.Load()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(e.stdout)
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	refused := 0
	err = eachLine(e.stdin, func(line []byte, err error) {
		answer, err := parseLine(engine, line, err)
		if err != nil {
			refused++
		}
		// What can go wrong here is only the writing, and Flush says that again.
		_ = answers.Encode(answer)
	}, out.Flush)
	if err == nil && refused > 0 {
		return fmt.Errorf("%d lines were not usable", refused)
	}
	return err
}

// parseLine answers one line; the answer to an unusable one says why.
func parseLine(engine *explain.Engine, line []byte, err error) (any, error) {
	var l errorLine
	if err == nil {
		l, err = readErrorLine(line)
	}
	if err != nil {
		return refusedLine{l.ID, err.Error()}, err
	}
	x := engine.Explain(l.Network, l.Status, l.raw)
	return answerLine(l, x.Facts, x.Verdict), nil
}

func answerLine(l errorLine, f facts.Facts, v domain.Verdict) verdictLine {
	answer := verdictLine{
		ID: l.ID, Network: l.Network, Format: f.Format, Code: f.Code, Subcode: f.Subcode, Evidence: v.Evidence,
	}
	if answer.Evidence == nil {
		answer.Evidence = []domain.Evidence{}
	}
	if info, known := v.Reason.Cause().Info(); known {
		answer.Reason, answer.Category, answer.Parser = &v.Reason, &info.Category, &v.Parser
	}
	return answer
}

// readErrorLine checks a line. The id is returned even with an error, if it
// can be read.
func readErrorLine(line []byte) (errorLine, error) {
	var l errorLine
	if err := json.Unmarshal(line, &l); err != nil {
		return l, lineError(err)
	}
	switch {
	case !l.Network.Known():
		return l, fmt.Errorf("unknown network %q", l.Network)
	case l.Status < 0 || l.Status > 999:
		return l, fmt.Errorf("http_status %d is not an HTTP status", l.Status)
	case l.Error == nil:
		return l, errors.New("error is missing")
	}
	l.raw = rawError(l.Error)
	return l, nil
}

// lineError says what is wrong in words that name the field and not our types.
func lineError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s can't be a %s", wrong.Field, wrong.Value)
	}
	if wrong != nil {
		return fmt.Errorf("the line is a %s, not an object", wrong.Value)
	}
	return fmt.Errorf("not JSON: %w", err)
}

// rawError returns the answer that a JSON value stands for: a string is its
// text, null is an empty answer, and anything else is the answer itself.
func rawError(value json.RawMessage) []byte {
	if bytes.Equal(value, []byte("null")) {
		return nil
	}
	var text string
	if json.Unmarshal(value, &text) == nil {
		return []byte(text)
	}
	return value
}
