package views

import (
	"github.com/a-h/templ"

	"wherefore/domain"
	"wherefore/views/ui"
)

// Categories lists the categories in the order in which pages show them.
func Categories() []domain.Category {
	return []domain.Category{
		domain.Reconnect, domain.Access, domain.Content, domain.Limit, domain.Platform, domain.App,
	}
}

// Sides lists the sides in the order in which pages show them.
func Sides() []domain.Side {
	return []domain.Side{domain.SideUser, domain.SideAdmin, domain.SideNetwork, domain.SideUs, domain.SideUnknown}
}

// categoryTones warn where somebody loses a connection, and say whose turn it is.
var categoryTones = map[domain.Category]ui.Tone{
	domain.Reconnect: ui.Info, domain.Access: ui.Warn, domain.Platform: ui.Bad,
}

// categoryTag shows a category, nothing for an unparsed error.
func categoryTag(c domain.Category) templ.Component {
	if c == "" {
		return nil
	}
	return ui.Tag(ui.TagProps{Text: string(c), Tone: categoryTones[c]})
}

// categoryWords say what a person can do about a category.
func categoryWords(c domain.Category) string {
	return map[domain.Category]string{
		domain.Reconnect: "sign in to the network again",
		domain.Access:    "get a permission, a role or an account back, then reconnect",
		domain.Content:   "change what is being posted",
		domain.Limit:     "wait for a quota or a block to end",
		domain.Platform:  "wait, the network is failing",
		domain.App:       "ours to mend",
	}[c]
}

// sideWords say who can cure a cause.
func sideWords(s domain.Side) string {
	return map[domain.Side]string{
		domain.SideUser:    "the customer",
		domain.SideAdmin:   "an admin of the account",
		domain.SideNetwork: "the network",
		domain.SideUs:      "us",
		domain.SideUnknown: "unknown",
	}[s]
}

// helpsWords answer "does reconnecting help?".
func helpsWords(h domain.Helps) string {
	return map[domain.Helps]string{
		domain.HelpsYes:    "yes",
		domain.HelpsAfter:  "yes, after the steps",
		domain.HelpsNo:     "no",
		domain.HelpsNotYet: "not yet",
	}[h]
}

// helpsTag is helpsWords with their tone.
func helpsTag(h domain.Helps) templ.Component {
	tones := map[domain.Helps]ui.Tone{domain.HelpsYes: ui.Good, domain.HelpsAfter: ui.Warn, domain.HelpsNotYet: ui.Warn}
	return ui.Tag(ui.TagProps{Text: helpsWords(h), Tone: tones[h]})
}

// localeNames are those of the catalogue's languages, each in itself.
var localeNames = map[string]string{
	"en": "English", "fr": "Français", "es": "Español", "de": "Deutsch", "pt": "Português", "ja": "日本語",
}

// localeName is a language's own name, or its code.
func localeName(locale string) string {
	if name := localeNames[locale]; name != "" {
		return name
	}
	return locale
}

// options makes the choices of a list from words, with "any" before them.
func options[S ~string](any string, values []S, text func(S) string) []ui.OptionProps {
	choices := []ui.OptionProps{{Text: any}}
	for _, v := range values {
		choices = append(choices, ui.OptionProps{Value: string(v), Text: text(v)})
	}
	return choices
}

// asIs is the text of a choice that is called what it is.
func asIs[S ~string](v S) string { return string(v) }
