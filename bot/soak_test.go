//go:build soak

package bot

import "testing"

// The long form of TestS11_KilledAtAnyInstant.
func TestSoakS11_KilledAtAnyInstant(t *testing.T) { killAndLook(t, 200) }
