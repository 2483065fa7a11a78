package service

import (
	"context"
	"io"
	"log/slog"
)

// NewLog writes lines of key=value to w. Lines written while a request is
// answered carry its id.
func NewLog(w io.Writer) *slog.Logger {
	return slog.New(requestLines{slog.NewTextHandler(w, nil)})
}

type requestLines struct{ slog.Handler }

func (h requestLines) Handle(ctx context.Context, line slog.Record) error {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		line.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, line)
}

func (h requestLines) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestLines{h.Handler.WithAttrs(attrs)}
}

func (h requestLines) WithGroup(name string) slog.Handler {
	return requestLines{h.Handler.WithGroup(name)}
}
