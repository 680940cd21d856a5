package flows

import (
	"embed"
	"io/fs"
)

//go:embed *.toml
var shipped embed.FS

// Shipped are the flows that come with the program, one *.toml each at the top.
func Shipped() fs.FS { return shipped }
