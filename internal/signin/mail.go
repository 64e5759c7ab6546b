package signin

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// Mail is a message to one person.
type Mail struct{ To, Subject, Text string }

// Sender sends mails. It is called by several at once.
type Sender interface {
	Send(ctx context.Context, m Mail) error
}

// logSender logs mails: whoever reads the log hands them on.
type logSender struct{ log *slog.Logger }

// Send implements Sender.
func (s logSender) Send(_ context.Context, m Mail) error {
	s.log.Info("a mail that nobody sends: see --smtp-url", "to", m.To, "subject", m.Subject, "text", m.Text)
	return nil
}

// outbox does what takes longer than an answer may, as whoever sees how long it takes would learn who is there. What it has no
// room for is refused.
type outbox struct {
	log  *slog.Logger
	room *semaphore.Weighted // of jobs
	busy *semaphore.Weighted // those that are being done
	jobs sync.WaitGroup
}

const (
	maxJobs     = 100
	maxBusyJobs = 4
	jobTimeout  = 30 * time.Second
)

func newOutbox(log *slog.Logger) *outbox {
	return &outbox{log: log, room: semaphore.NewWeighted(maxJobs), busy: semaphore.NewWeighted(maxBusyJobs)}
}

// do does a job later.
func (o *outbox) do(job func(context.Context) error) error {
	if !o.room.TryAcquire(1) {
		return &awsapi.Error{Code: "TooManyAttempts", Status: http.StatusTooManyRequests, Message: "Too many mails are being sent. Try again in some minutes."}
	}
	o.jobs.Go(func() {
		defer o.room.Release(1)
		ctx, cancel := context.WithTimeout(context.Background(), jobTimeout)
		defer cancel()
		err := o.busy.Acquire(ctx, 1)
		if err == nil {
			defer o.busy.Release(1)
			err = job(ctx)
		}
		if err != nil {
			o.log.Error("signin: a mail could not be sent", "error", err)
		}
	})
	return nil
}

func (o *outbox) close() { o.jobs.Wait() }

// here says in a mail where the server is, if the operator has said: what a request says of that may be anybody's invention, to
// have people type their codes elsewhere.
func (h *Handler) here() string {
	if h.PublicURL == "" {
		return ""
	}
	return " at " + h.PublicURL
}

// MailChange tells a root user that its password or its address is another one now, or that the account is closed: whoever reads it
// and has not done it knows that somebody else has. The address before is told too, which is all that its owner ever hears of a
// theft.
func (h *Handler) MailChange(c identity.RootChange) {
	what, text, to := "root user password", "The password of your root user"+h.here()+" has been changed.", []string{c.Email}
	switch {
	case c.NewEmail != "":
		what, text = "root user e-mail address", "The e-mail address of your root user"+h.here()+" has been changed from "+c.Email+" to "+c.NewEmail+"."
		to = append(to, c.NewEmail)
	case c.Closed:
		what, text = "account", "Your account"+h.here()+" has been closed."
	}
	text += "\n\nIf that was not you, somebody else has your account: turn to whoever runs the server.\n"
	for _, address := range to {
		m := Mail{To: address, Subject: "Your " + what + " for Stator has changed", Text: text}
		if err := h.notices.do(func(ctx context.Context) error { return h.Mail.Send(ctx, m) }); err != nil {
			h.Logger.Error("signin: there is no room for the notice of a change", "to", m.To, "error", err)
		}
	}
}

// MailNewEmail mails a code to what is to be a root user's address; without a code the address is another's already.
func (h *Handler) MailNewEmail(to, code string) error {
	m := Mail{To: to, Subject: "Your e-mail address for Stator", Text: "To make this the address of your root user, use the code " + code + ". It is valid for 15 minutes.\n\n" +
		"If you did not ask for it, somebody has typed your address by mistake. Do nothing.\n"}
	if code == "" {
		m.Text = "Somebody wants to make this the address of the root user of an account. It is the address of another account already, and stays it.\n"
	}
	return h.outbox.do(func(ctx context.Context) error { return h.Mail.Send(ctx, m) })
}
