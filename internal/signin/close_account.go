package signin

// closeAccount closes the account of the root user who is signed in. Nobody of it is signed in after that.
func (h *Handler) closeAccount(x *Call) (any, error) {
	var in struct{ AccountID, Password string }
	if err := x.Read(&in); err != nil {
		return nil, err
	}
	name, err := h.rootName(x)
	if err != nil {
		return nil, err
	}
	guess, err := h.guesses.begin(x, name)
	if err != nil {
		return nil, err
	}
	who, err := h.Identities.CloseAccount(x.r.Context(), x.token(), in.Password, in.AccountID)
	guess.Ended(err)
	if err == nil {
		x.setToken("")
	}
	return h.done(x, "CloseAccount", who, err)
}
