package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"wherefore/domain/cluster"
)

// runCluster groups the messages on standard input, one a line.
func runCluster(_ context.Context, e env) error {
	in := bufio.NewReaderSize(e.stdin, 64<<10)
	out := bufio.NewWriter(e.stdout)
	for {
		line, err := in.ReadString('\n')
		if err != nil && line == "" {
			if errors.Is(err, io.EOF) {
				return out.Flush()
			}
			return fmt.Errorf("reading messages: %w", err)
		}
		shape := cluster.OfMessage(line)
		fmt.Fprintf(out, "%016x\t%s\n", shape.Hash, shape.Template)
	}
}
