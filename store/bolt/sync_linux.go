package bolt

import (
	"os"
	"syscall"
)

// datasync waits until f's bytes are on disk; its times may follow later.
func datasync(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return err
		}
	}
}
