---------------------------- MODULE MCBufferCache ----------------------------
(* What a cfg cannot say by itself, for TLC only.                                                                          *)
EXTENDS BufferCache, TLC

(* Clients are alike: states that differ by their names only are one. *)
ClientsAreAlike == Permutations(Clients)
=============================================================================
