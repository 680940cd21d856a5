package twiliotest

import "fmt"

// A Kept is what lies at Twilio, so that a test can go on with it on another day: it is JSON. Where numbers point to, who is
// opted out, and since when WhatsApp may be answered are not in it.
type Kept struct {
	Count   int // messages so far; the next one's SID is made of it
	Records []Record
}

// Kept is what lies here now.
func (s *Server) Kept() Kept {
	left := s.Left()
	s.mu.Lock()
	defer s.mu.Unlock()
	return Kept{Count: s.seq, Records: left}
}

// Keeps puts back what lay at an earlier server, without media; each message must have come to its last status. It must be
// called before any message is sent here.
func (s *Server) Keeps(k Kept) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range k.Records {
		one := &record{sid: r.SID, direction: r.Direction, from: r.From, to: r.To, body: r.Body, status: r.Status, created: r.Created}
		if _, err := fmt.Sscanf(r.SID, "SM%x", &one.seq); err != nil {
			panic("twiliotest: " + r.SID + " is not a SID from here")
		}
		s.records = append(s.records, one)
	}
	s.seq = k.Count
	s.change()
}
