package check_test

import "embed"

//go:embed testdata/*.toml
var seeds embed.FS
