package line

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quietline/store"
)

// An Entry of the audit says who did what to which handle. It has no room for content.
type Entry struct {
	N      uint64    // its place in the chain, from 0; set by Audit
	At     time.Time // to the second; set by Audit
	Actor  string    // staff ID; empty: the line itself, or whoever holds its server
	Act    Act
	Handle string // a conversation's handle, a code or a staff ID: at most 16 Crockford digits and letters; may be empty
	Note   Note   // how or why; may be empty
}

// An Act is one of a closed list.
type Act string

// The acts. Those of the first two groups are written by this package itself.
const (
	ActInvite  Act = "invite"       // Handle: the staff member's ID
	ActEnrol   Act = "enrol"        //
	ActRemove  Act = "remove"       // took away something they sign in with: the note says what
	ActChange  Act = "change-staff" // Handle: the staff member's ID
	ActSignIn  Act = "sign-in"
	ActSignOut Act = "sign-out"
	ActOnDuty  Act = "on-duty"
	ActOffDuty Act = "off-duty"

	ActPlace  Act = "place"  // Handle: the code
	ActRevoke Act = "revoke" // Handle: the code

	ActSeen     Act = "seen"    // said that they know of somebody who waits; without Handle: that nobody is on duty
	ActClaim    Act = "claim"   // an adviser took a conversation from the queue
	ActRelease  Act = "release" // put it back
	ActAssign   Act = "assign"  // gave it to another
	ActClose    Act = "close"   // ended it
	ActErase    Act = "erase"   // destroyed one conversation
	ActEraseAll Act = "erase-all"
	ActShare    Act = "share"  // passed something on, with the person's yes to that one act
	ActReveal   Act = "reveal" // two leads saw an address, to save a life

	ActConsent   Act = "consent"   // an adviser asked the person's yes to one act, or was answered: the note says which; never what the act is
	ActComplaint Act = "complaint" // a person complained; Actor: nobody, Handle: the conversation's

	ActOpen  Act = "open"  // a lead opened a conversation that somebody else holds: the note says why
	ActCover Act = "cover" // an adviser stopped a chat at once

	ActFull  Act = "full"  // said that the line is full, or is not any more: the note says which
	ActHours Act = "hours" // said whether the line is there on some days; Handle: the first and the last, 2026122420261226
)

// A Note is one of a closed list.
type Note string

// The notes.
const (
	NoteCommand Note = "command" // from the command line, not from the desk
	NoteLink    Note = "link"    // by a one-time link
	NoteSpare   Note = "spare"   // by a recovery code
	NotePasskey Note = "passkey" // a passkey, or by one
	NoteOut     Note = "out"     // the staff member was disabled
	NoteLost    Note = "lost"    // the adviser was not heard from any more
	NoteAgreed  Note = "agreed"  // the person agreed
	NoteLaw     Note = "law"     // the law asked for it
	NoteLife    Note = "life"    // to save a life

	NoteAsked     Note = "asked"     // the person was asked
	NoteRefused   Note = "refused"   // the person said no: nothing changes
	NoteWithdrawn Note = "withdrawn" // the person took back a yes
	NoteTrained   Note = "trained"   // the staff member is trained for children from now on
	NoteUntrained Note = "untrained" // and is not any more
	NoteClosed    Note = "closed"    // no shift is held on those days
	NoteOpen      Note = "open"      // they are held, whatever the file says
	NotePlanned   Note = "planned"   // they are as the file says
	NoteInvited   Note = "invited"   // the adviser asked for it
	NoteDanger    Note = "danger"    // somebody may be in danger
	NoteSupport   Note = "support"   // to support the adviser
	NoteReview    Note = "review"    // to look at how the line answers
	NoteFull      Note = "full"      // from now on, to the end of the shift
)

var (
	acts = []Act{
		ActInvite, ActEnrol, ActRemove, ActChange, ActSignIn, ActSignOut, ActOnDuty, ActOffDuty, ActPlace, ActRevoke,
		ActClaim, ActRelease, ActAssign, ActClose, ActErase, ActEraseAll, ActShare, ActReveal, ActConsent, ActComplaint, ActHours, ActSeen, ActOpen, ActCover, ActFull,
	}
	notes = []Note{"", NoteCommand, NoteLink, NoteSpare, NotePasskey, NoteOut, NoteLost, NoteAgreed, NoteLaw, NoteLife,
		NoteAsked, NoteRefused, NoteWithdrawn, NoteTrained, NoteUntrained, NoteClosed, NoteOpen, NotePlanned, NoteFull, NoteInvited, NoteDanger, NoteSupport, NoteReview}
)

// Acts returns every act there is.
func Acts() []Act { return slices.Clone(acts) }

// ErrAudit is what AuditLog returns when the chain does not hold.
var ErrAudit = errors.New("the audit has been changed")

// Audit adds an entry to the chain. It is kept when Audit returns nil, for 400 days.
func (l *Line) Audit(ctx context.Context, e Entry) error {
	if !slices.Contains(acts, e.Act) || !slices.Contains(notes, e.Note) || !isHandle(e.Actor) || !isHandle(e.Handle) {
		return fmt.Errorf("auditing %q: the act, note, actor or handle is none that an audit may hold", e.Act)
	}
	l.write.Lock()
	defer l.write.Unlock()
	for range 1000 {
		n, before, err := l.tail(ctx)
		if err != nil {
			return fmt.Errorf("auditing %s: %w", e.Act, err)
		}
		rec := &entryRecord{N: n, Before: before, At: l.now().UTC().Truncate(time.Second), Actor: e.Actor, Act: e.Act, Handle: e.Handle, Note: e.Note}
		_, err = l.swap(ctx, l.entryName(n), 0, rec, false)
		if err == nil {
			hash, err := rec.hash()
			l.mu.Lock()
			l.head, l.last = n+1, hash
			l.mu.Unlock()
			return err
		}
		if !errors.Is(err, store.ErrConflict) {
			return fmt.Errorf("auditing %s: %w", e.Act, err)
		}
		l.mu.Lock() // another process was first, and its entry is not the last we know of
		l.head, l.last = n+1, nil
		l.mu.Unlock()
	}
	return fmt.Errorf("auditing %s, others were first 1000 times: %w", e.Act, store.ErrConflict)
}

// tail returns the number of the next entry and the hash of the one before it. The caller holds l.write.
func (l *Line) tail(ctx context.Context) (uint64, []byte, error) {
	l.mu.RLock()
	n, hash, floor, first := l.head, l.last, l.floor, l.firstEntry()
	l.mu.RUnlock()
	switch {
	case hash != nil:
		return n, hash, nil
	case n == 0:
		return 0, nil, nil
	case n == first:
		return n, floor.Before, nil
	}
	rec, err := l.entry(ctx, n-1)
	if err != nil {
		return 0, nil, err
	}
	hash, err = rec.hash()
	return n, hash, err
}

// AuditLog reads the whole audit, oldest first, and proves that each entry carries the hash of the one before and that
// none is missing. Otherwise it returns ErrAudit naming the entry, with the entries before it. It cannot tell when the
// newest were cut off before this process started, or when all was written anew by somebody who holds the keys.
func (l *Line) AuditLog(ctx context.Context) ([]Entry, error) {
	l.mu.RLock()
	head, n, floor := l.head, l.firstEntry(), l.floor
	l.mu.RUnlock()
	var before []byte
	if floor != nil {
		before = floor.Before
	}
	out := make([]Entry, 0, head-n)
	for ; n < head; n++ {
		rec, err := l.entry(ctx, n)
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case errors.Is(err, store.ErrNotExist):
			if l.removed(n) { // its 400 days ended while we were reading
				return l.AuditLog(ctx)
			}
			return out, fmt.Errorf("%w: entry %d is missing", ErrAudit, n)
		case err != nil:
			return out, fmt.Errorf("%w: entry %d cannot be read: %w", ErrAudit, n, err)
		case rec.N != n || !bytes.Equal(rec.Before, before):
			return out, fmt.Errorf("%w: entry %d does not follow from the one before it", ErrAudit, n)
		}
		out = append(out, Entry{N: n, At: rec.At.UTC(), Actor: rec.Actor, Act: rec.Act, Handle: rec.Handle, Note: rec.Note})
		if before, err = rec.hash(); err != nil {
			return out, err
		}
	}
	return out, nil
}

// tidyAudit takes away entries older than 400 days. The floor moves first, so that a crash leaves one entry too many,
// never a chain that seems broken.
func (l *Line) tidyAudit(ctx context.Context) error {
	l.mu.RLock()
	n, head := l.firstEntry(), l.head
	l.mu.RUnlock()
	for _, name := range l.leftovers() {
		if err := l.dropEntry(ctx, name); err != nil {
			return err
		}
	}
	for from := n; n < head; n++ {
		rec, err := l.entry(ctx, n)
		switch {
		case errors.Is(err, store.ErrNotExist), errors.Is(err, store.ErrNoKey), errors.Is(err, store.ErrSealed), errors.Is(err, errRecord):
			continue // AuditLog tells; it goes with the next one that can be read
		case err != nil:
			return fmt.Errorf("reading audit entry %d: %w", n, err)
		case l.now().Sub(rec.At) < auditFor:
			return nil
		}
		hash, err := rec.hash()
		if err != nil {
			return err
		}
		err = change(ctx, l, l.floorName(), func(old *floorRecord) (*floorRecord, error) {
			if old != nil && old.N > n {
				return nil, errKeep // another process is further
			}
			return &floorRecord{N: n + 1, Before: hash}, nil
		})
		if err != nil {
			return fmt.Errorf("moving the audit's floor: %w", err)
		}
		for ; from <= n; from++ {
			if err := l.dropEntry(ctx, l.entryName(from)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Line) leftovers() []store.Name {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.leftover
	l.leftover = nil
	return out
}

func (l *Line) dropEntry(ctx context.Context, name store.Name) error {
	rec, err := l.st.Get(ctx, name)
	if err == nil {
		_, err = l.st.Swap(ctx, name, rec.Rev, store.Record{})
	}
	if err != nil && !errors.Is(err, store.ErrNotExist) && !errors.Is(err, store.ErrConflict) {
		return fmt.Errorf("taking away an old audit entry: %w", err)
	}
	return nil
}

// entry reads one entry from the store.
func (l *Line) entry(ctx context.Context, n uint64) (*entryRecord, error) {
	name := l.entryName(n)
	rec, err := l.st.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	v, err := l.open(name, rec)
	if err != nil {
		return nil, err
	}
	e, ok := v.(*entryRecord)
	if !ok {
		return nil, errRecord
	}
	return e, nil
}

// hash is what the next entry carries: SHA-256 over the encoded entry, and so over the hash of the one before it.
func (e *entryRecord) hash() ([]byte, error) {
	b, err := encode(e)
	if err != nil {
		return nil, err
	}
	h := sha256.Sum256(b)
	return h[:], nil
}

// firstEntry is the number of the oldest entry kept. The caller holds l.mu.
func (l *Line) firstEntry() uint64 {
	if l.floor == nil {
		return 0
	}
	return l.floor.N
}

func (l *Line) removed(n uint64) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return n < l.firstEntry()
}

func (l *Line) entryName(n uint64) store.Name {
	return store.NewName(l.secret, "audit", strconv.FormatUint(n, 10))
}

func (l *Line) floorName() store.Name { return store.NewName(l.secret, "audit-floor", "") }

// isHandle keeps everything out of the audit that could be content.
func isHandle(s string) bool {
	return len(s) <= 16 && strings.Trim(s, crockford+"ILOU") == ""
}
