package handlers

import (
	"wherefore/domain"
	"wherefore/domain/catalog"
	"wherefore/domain/facts"
	"wherefore/views"
)

// ReasonWords shows the words of a reason in one language.
func ReasonWords(w catalog.Words) views.ReasonWordsProps {
	return views.ReasonWordsProps{
		Locale: w.Locale, Title: w.Title, Message: w.Message, Steps: w.Steps, Link: w.Link,
		Prevent: w.Prevent, SupportSay: w.SupportSay, SupportAvoid: w.SupportAvoid,
	}
}

// WordsFor are the catalogue's words about an error, explained or not. What is said
// of a profile is Catalog.Answer.
func WordsFor(c *catalog.Catalog, n domain.Network, r domain.ReasonID, locale string) views.ReasonWordsProps {
	if r == "" {
		return ReasonWords(c.Unparsed(n, locale))
	}
	return ReasonWords(c.Words(r, locale))
}

// ErrorText is what an error says, or the beginning of it as it is.
func ErrorText(f facts.Facts, raw []byte) string {
	if f.Message != "" {
		return f.Message
	}
	return domain.CleanText(raw[:min(len(raw), 300)])
}
