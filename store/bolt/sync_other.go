//go:build !linux

package bolt

import "os"

// datasync waits until f is on disk.
func datasync(f *os.File) error { return f.Sync() }
