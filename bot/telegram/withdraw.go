package telegram

import (
	"context"
	"strconv"
	"time"

	tg "github.com/go-telegram/bot"

	"quietline/bot"
)

// From the Bot API: deleteMessages takes 100 ids a call and skips those that are not there; in a private chat a bot may
// delete both sides' messages, while they are younger than 48 hours.
const (
	deleteIDs = 100
	deleteAge = 48 * time.Hour
)

// Withdraw implements [bot.Channel]: it deletes messages of both sides for both sides.
func (c *Channel) Withdraw(ctx context.Context, to bot.Address, rs []bot.Receipt) (later, never []bot.Receipt, err error) {
	chat, err := strconv.ParseInt(to.Reveal(), 10, 64)
	if err != nil {
		return nil, rs, nil
	}
	now := c.cfg.Now()
	var young []bot.Receipt
	for _, r := range rs {
		if _, err := strconv.Atoi(r.ID); err != nil || now.Sub(r.At) >= deleteAge {
			never = append(never, r)
		} else {
			young = append(young, r)
		}
	}
	for len(young) > 0 {
		n := min(deleteIDs, len(young))
		refused, err := c.delete(ctx, chat, young[:n])
		never = append(never, refused...)
		if err != nil {
			f := classify(err)
			c.cfg.Log.Warn("deleting messages failed; trying again", "channel", Name, "class", f.Class)
			if f.Class == "no chat" {
				return nil, append(never, young...), nil
			}
			return young, never, nil // what was deleted of these is skipped the next time
		}
		young = young[n:]
	}
	return nil, never, nil
}

// delete deletes up to deleteIDs messages. When Telegram refuses a call for one of them, halves are tried, so that it holds up
// no other; refused are those that it refuses alone. After an error some may have been deleted.
func (c *Channel) delete(ctx context.Context, chat int64, rs []bot.Receipt) (refused []bot.Receipt, err error) {
	ids := make([]int, len(rs))
	for i, r := range rs {
		if ids[i], err = strconv.Atoi(r.ID); err != nil {
			return rs, nil
		}
	}
	_, err = c.api.DeleteMessages(ctx, &tg.DeleteMessagesParams{ChatID: chat, MessageIDs: ids})
	if err == nil {
		return nil, nil
	}
	if classify(err).Class != "refused" {
		return nil, err
	}
	if len(rs) == 1 {
		return rs, nil
	}
	half := len(rs) / 2
	if refused, err = c.delete(ctx, chat, rs[:half]); err != nil {
		return nil, err
	}
	rest, err := c.delete(ctx, chat, rs[half:])
	if err != nil {
		return nil, err
	}
	return append(refused, rest...), nil
}
