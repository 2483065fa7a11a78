package domain

// Format is what an error's bytes are.
type Format string

// The formats.
const (
	JSON  Format = "json" // holds a structure: JSON, or a dump of it, anywhere in the bytes
	Text  Format = "text"
	HTML  Format = "html"
	Empty Format = "empty"
)

// Facts are what is read out of an error. Strings are valid UTF-8, empty when absent.
type Facts struct {
	Format  Format
	Status  int // HTTP status, 0 unknown
	Code    string
	Subcode string
	Type    string
	Message string
}
