// Package ui holds the parts that pages are made of: frame, table, form,
// chart, tag. They know HTML and nothing of networks, parsers or events. Each
// takes a struct of properties that stands right above it. Every string may be
// hostile: parts escape it and give it a direction of its own.
//
//	frame.templ page.templ nav.templ     sidebar, headings and sections, tabs and pagers
//	table.templ stat.templ               rows, single figures, details
//	form.templ choices.templ button.templ   fields, groups of choices, buttons
//	message.templ fold.templ tag.templ   messages, parts that open, states
//	text.templ code.templ marked.go      text, code and differences, marked text
//	time.templ clock.go                  times, ages and spans
//	format.go hostile.go                 numbers; text from others
//	chart* spark.templ                   charts
package ui
