package check

import (
	"fmt"
	"strings"

	"quietline/locales"
)

// A Face is a text that anybody may see of a line before a word was written: its cover, which is the title of every page
// and sheet, its host names, and the name, profile and buttons of its bot.
type Face struct {
	Key  string // where the operator wrote it
	Text string
}

// Faces proves that no face tells, in any language, what the line is for (S1). The fault's Step is the face's Key.
func Faces(words *locales.Catalogues, faces []Face) []Fault {
	var out []Fault
	for _, face := range faces {
		for _, l := range words.Languages() {
			if found := words.Discreet(l.Tag, face.Text); len(found) > 0 {
				out = append(out, Fault{Class: Telling, Step: face.Key, Message: fmt.Sprintf("%s: %q tells what the line is for (%s): choose something dull", face.Key, face.Text, strings.Join(found, ", "))})
				break
			}
		}
	}
	return out
}
