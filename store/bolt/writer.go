package bolt

import (
	"fmt"
	"runtime"
	"sync"

	"go.etcd.io/bbolt"

	"quietline/store"
)

// maxBatch is how many swaps one commit takes at most.
const maxBatch = 1000

// An op is one Swap on its way through the writer.
type op struct {
	name  store.Name
	old   store.Rev
	key   store.Key
	value []byte // nil erases

	done chan struct{} // one answer; rev and err are set before it
	rev  store.Rev
	err  error

	// The writer's own, while the op's batch is written.
	changes  bool
	has, had bool   // whether it has put a key into slot, whether it replaces the one in oldSlot
	slot     uint32 // of its new key
	oldSlot  uint32
}

var opPool = sync.Pool{New: func() any { return &op{done: make(chan struct{}, 1)} }}

// write is the writer: it takes whatever waits, commits it together, and answers.
func (s *Store) write() {
	defer close(s.done)
	batch := make([]*op, 0, maxBatch)
	for {
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		case w := <-s.wipes:
			w.answer <- s.wipe()
			continue
		case <-s.closing:
			// What has been handed over is still written; nobody hands over more once closing is closed, except in
			// a race that Swap answers with ErrClosed.
			if batch = s.drain(batch); len(batch) > 0 {
				s.commit(batch)
			}
			return
		}
		batch = s.drain(batch)
		// In memory a commit is nothing but work, of which one more swap adds little: whoever is about to hand one over goes
		// first. Alone, this returns at once. (On disk they go while the last commit is being synced.)
		for more := -1; more != len(batch) && s.opts.Memory; {
			more = len(batch)
			runtime.Gosched()
			batch = s.drain(batch)
		}
		s.commit(batch)
		clear(batch)
		batch = batch[:0]
	}
}

func (s *Store) drain(batch []*op) []*op {
	for len(batch) < maxBatch {
		select {
		case o := <-s.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

// commit writes a batch, burns the keys that it replaces, answers every op and tells the watchers.
func (s *Store) commit(batch []*op) {
	if err := s.apply(batch); err != nil {
		s.fail(batch, err)
	} else {
		s.finish(batch)
	}
	s.tell(batch)
	for _, o := range batch {
		o.done <- struct{}{}
	}
}

// apply brings the batch into the database: keys first, then one commit.
func (s *Store) apply(batch []*op) error {
	if s.wiped {
		if err := s.dropAll(); err != nil {
			return err
		}
	}
	tx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("beginning a write: %w", s.closedErr(err))
	}
	defer tx.Rollback() // does nothing after Commit
	records := tx.Bucket(recordsBucket)
	for name := range s.dead {
		if err := records.Delete(name[:]); err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
	}
	changes := len(s.dead) > 0
	for _, o := range batch {
		o.err = s.applyOne(records, o)
		changes = changes || o.changes
	}
	if !changes {
		return nil
	}
	if err := s.keys.flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

func (s *Store) applyOne(records *bbolt.Bucket, o *op) error {
	var cur value
	if raw := records.Get(o.name[:]); raw != nil {
		var err error
		if cur, err = decodeValue(raw); err != nil {
			return fmt.Errorf("reading a record: %w", err)
		}
	}
	if cur.rev != o.old {
		return store.ErrConflict
	}
	exists := cur.rev != 0
	if o.value == nil {
		if !exists {
			return nil
		}
		if err := records.Delete(o.name[:]); err != nil {
			return fmt.Errorf("deleting a record: %w", err)
		}
		o.changes, o.had, o.oldSlot = true, true, cur.slot
		return nil
	}
	slot := cur.slot
	if exists {
		old, err := s.keys.read(cur.slot)
		if err != nil {
			return err
		}
		o.had, o.oldSlot = old != o.key, cur.slot
	}
	if !exists || o.had {
		var err error
		if slot, err = s.keys.put(o.key); err != nil {
			o.had = false
			return err
		}
		o.has, o.slot = true, slot
	}
	seq, err := records.NextSequence()
	if err != nil {
		return fmt.Errorf("drawing a Rev: %w", err)
	}
	o.rev = store.Rev(seq)
	fillValue(o.value, o.rev, slot)
	if err := records.Put(o.name[:], o.value); err != nil {
		return fmt.Errorf("writing a record: %w", err)
	}
	o.changes = true
	return nil
}

// finish burns what a committed batch no longer names.
func (s *Store) finish(batch []*op) {
	for name, slot := range s.dead {
		s.keys.free(slot) // it has been burnt
		delete(s.dead, name)
	}
	burn := s.unburn
	for _, o := range batch {
		switch {
		case o.changes && o.had:
			burn = append(burn, o.oldSlot)
		case !o.changes && o.has: // it failed alone, and nothing names the key that it has put
			burn = append(burn, o.slot)
		}
	}
	if len(burn) == 0 {
		return
	}
	if err := s.burn(burn); err != nil {
		for _, o := range batch {
			if o.changes && o.had {
				o.err = err
			}
		}
	}
}

// burn overwrites and frees slots that no committed record names. What cannot be burnt now is tried again with the
// next batch.
func (s *Store) burn(slots []uint32) error {
	s.burns.Add(1)
	if err := s.keys.burn(slots); err != nil {
		s.unburn = slots
		return err
	}
	s.keys.free(slots...)
	s.unburn = nil
	return nil
}

// fail ends a batch that could not be written. An erase destroys its key all the same; its record is then dead, and
// deleted as soon as something can be written again. Everything else fails with err.
func (s *Store) fail(batch []*op, err error) {
	unnamed := s.unburn
	viewErr := s.db.View(func(tx *bbolt.Tx) error {
		records := tx.Bucket(recordsBucket)
		for _, o := range batch {
			var cur value
			if raw := records.Get(o.name[:]); raw != nil {
				var decodeErr error
				if cur, decodeErr = decodeValue(raw); decodeErr != nil {
					return decodeErr
				}
			}
			if o.value == nil {
				o.err = s.kill(o, cur, err)
				continue
			}
			// When even the last sync of a commit fails, the new value may be what is read now and the old one what a
			// crash brings back. Both keys then stay as they are until the next Open, which knows.
			o.err, o.changes = err, o.rev != 0 && cur.rev == o.rev
			if o.has && !o.changes {
				unnamed = append(unnamed, o.slot)
			}
		}
		return nil
	})
	if viewErr != nil {
		for _, o := range batch {
			o.err, o.changes = err, false
		}
		return
	}
	if len(unnamed) > 0 {
		_ = s.burn(unnamed) // keys that were never used; tried again with the next batch
	}
}

// kill destroys the key of an erase that could not be written. cur is what the database holds.
func (s *Store) kill(o *op, cur value, err error) error {
	_, dead := s.dead[o.name]
	exists := cur.rev != 0 && !dead && !s.wiped
	o.changes = false
	switch {
	case exists && cur.rev == o.old:
		o.oldSlot = cur.slot
	case !exists && o.had: // its deletion can be read back, though its last sync failed
	case !exists && o.old == 0:
		return nil
	case o.err != nil:
		return o.err
	default:
		return err
	}
	s.burns.Add(1)
	if err := s.keys.burn([]uint32{o.oldSlot}); err != nil {
		return err
	}
	if exists {
		s.dead[o.name] = o.oldSlot
	}
	o.changes = true
	return nil
}
