package signin

import (
	"errors"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
)

// claim makes whoever has the setup token the first root user.
func (h *Handler) claim(x *Call) (any, error) {
	var in identity.Claim
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, "")
	if err != nil {
		return nil, err
	}
	out, err := h.Identities.ClaimRoot(x.r.Context(), &in)
	guess.Ended(err)
	if err != nil {
		if e, ok := errors.AsType[*awsapi.Error](err); ok && e.Status == http.StatusUnauthorized {
			h.logIn(x, rootType, out, false)
		}
		return nil, err
	}
	if h.Claimed != nil {
		h.Claimed()
	}
	h.Enter(x, out.Token)
	h.logIn(x, rootType, out, true)
	return signInOutput{out.State}, nil
}
