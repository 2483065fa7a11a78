package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"wherefore/domain/cluster"
	"wherefore/domain/explain"
)

// runCluster groups the lines of standard input: messages, or with --events errors as
// the command parse reads them. It prints the clusters at the end, when all lines are
// grouped. Until then it keeps eight bytes for each line and one copy of each shape.
func runCluster(_ context.Context, e env) error {
	out := bufio.NewWriter(e.stdout)
	switch {
	case len(e.args) == 0:
		if err := clusterMessages(e.stdin, out); err != nil {
			return err
		}
		return out.Flush()
	case slices.Equal(e.args, []string{"--events"}):
		refused, err := clusterErrors(e.stdin, out)
		if err == nil {
			err = out.Flush()
		}
		if err == nil && refused > 0 {
			err = fmt.Errorf("%d lines were not usable", refused)
		}
		return err
	}
	return fmt.Errorf("cluster takes --events or nothing and does not know what %q means", e.args)
}

func clusterMessages(in io.Reader, out *bufio.Writer) error {
	g := cluster.NewGrouper()
	answers := clusterAnswers{}
	err := eachLine(in, func(line []byte, err error) {
		if err != nil {
			line = []byte(err.Error())
		}
		answers.add(g.AddMessage(string(line)))
	}, func() error { return nil })
	if err == nil {
		answers.write(out, g)
	}
	return err
}

// clusterErrors groups errors as the service does, after removing secrets and reading
// facts. It returns how many lines were not usable.
func clusterErrors(in io.Reader, out *bufio.Writer) (int, error) {
	_, engine, err := explain.Load()
	if err != nil {
		return 0, err
	}
	g := cluster.NewGrouper()
	answers := clusterAnswers{refused: map[int]string{}}
	err = eachLine(in, func(line []byte, err error) {
		shape, err := shapeLine(engine, line, err)
		if err != nil {
			answers.refuse(err)
			return
		}
		g.Add(shape)
		answers.add(shape.Hash)
	}, func() error { return nil })
	if err == nil {
		answers.write(out, g)
	}
	return len(answers.refused), err
}

func shapeLine(engine *explain.Engine, line []byte, err error) (cluster.Shape, error) {
	if err != nil {
		return cluster.Shape{}, err
	}
	l, err := readErrorLine(line)
	if err != nil {
		return cluster.Shape{}, err
	}
	return cluster.ShapeOf(l.Network, engine.Explain(l.Network, l.Status, l.raw).Facts), nil
}

// clusterAnswers holds the shape of each line.
type clusterAnswers struct {
	shapes  []uint64
	refused map[int]string // why a line is not usable, by line
}

func (a *clusterAnswers) add(shape uint64) { a.shapes = append(a.shapes, shape) }

func (a *clusterAnswers) refuse(err error) {
	a.refused[len(a.shapes)] = err.Error()
	a.shapes = append(a.shapes, 0)
}

// write prints the cluster of each line. An error of writing is returned by Flush.
func (a *clusterAnswers) write(out *bufio.Writer, g *cluster.Grouper) {
	texts := map[uint64]string{}
	for i, shape := range a.shapes {
		if why, refused := a.refused[i]; refused {
			answer, _ := json.Marshal(refusedLine{Error: why}) // strings always marshal
			fmt.Fprintf(out, "%s\n", answer)
			continue
		}
		text, known := texts[shape]
		if !known {
			group, _ := g.Group(shape) // every line's shape was added
			text = fmt.Sprintf("%016x\t%s\n", group.ID, group.Template)
			texts[shape] = text
		}
		fmt.Fprint(out, text)
	}
}
