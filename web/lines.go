package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is the length in bytes of the longest line that eachLine hands on.
const maxLine = 16 << 20

var errLineTooLong = fmt.Errorf("the line is longer than %d bytes", maxLine)

// eachLine hands on every line of r without its end, in order. The error of a
// line that is too long goes in its place. Idle is called whenever the next
// line may have to be waited for. The slice is good until do returns.
func eachLine(r io.Reader, do func(line []byte, err error), idle func() error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, tooLong, err := readLine(in)
		if len(line) > 0 || tooLong || err == nil {
			if tooLong {
				do(nil, errLineTooLong)
			} else {
				do(bytes.TrimRight(line, "\r\n"), nil)
			}
		}
		if err != nil {
			return errors.Join(endless(err), idle())
		}
		if in.Buffered() == 0 {
			if err := idle(); err != nil {
				return err
			}
		}
	}
}

// endless is err unless that is the end of the input.
func endless(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// readLine reads up to and with the next line end, keeping at most maxLine bytes.
func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}
