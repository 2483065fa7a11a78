package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// marked writes pieces of text and nothing between them. It is no templ because
// templ puts white space between elements, which preformatted text would show.
func marked(pieces []Piece) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, p := range pieces {
			text := templ.EscapeString(Visible(p.Text))
			if p.Marked {
				text = "<mark>" + text + "</mark>"
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// preformatted writes pieces with every line break they have. The code element
// inside pre is there because a break straight after <pre> would be dropped.
func preformatted(id, label string, pieces []Piece) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		open := `<pre role="region" tabindex="0" aria-label="` + templ.EscapeString(label) + `">`
		if id == "" {
			open += "<code>"
		} else {
			open += `<code id="` + templ.EscapeString(id) + `">`
		}
		if _, err := io.WriteString(w, open); err != nil {
			return err
		}
		if err := marked(pieces).Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</code></pre>")
		return err
	})
}
