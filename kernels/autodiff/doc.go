// Package autodiff computes gradients of what is computed on a [Tape]: reverse mode, of any order, over float32 or float64.
//
//	layer := autodiff.NewLinear[float32]("line", 1, 1, random)
//	tape, adam, params := autodiff.New[float32](), &autodiff.Adam[float32]{Rate: 0.1}, layer.Params()
//	for range 200 {
//		tape.Reset()
//		loss := layer.Forward(tape, tape.Const(x, 64, 1)).MSE(tape.Const(y, 64, 1))
//		if err := tape.Backward(loss, params...); err != nil {
//			return err
//		}
//		if err := adam.Step(params); err != nil {
//			return err
//		}
//	}
//
// # Values
//
// A [Tensor] is a value on a tape: numbers and a shape of up to six sizes, rows first. Operations are methods of tensors; each is
// computed at once and remembered. [Tape.Reset] forgets them and keeps their memory, so that a step of training allocates nothing
// once the first has been made; a tensor does not outlive the reset.
//
// What a gradient needs is on the tape too, and stays until Reset: where the same y is differentiated again and again, as in a power iteration,
// the tape grows each time. Copy the direction, reset and compute y again when that is too much.
//
// Shapes of two operands may differ as NumPy's do: they are compared from the last size, and a size of 1 or a missing one is repeated.
// Those of a loss may not.
//
// # Errors
//
// A mistake (shapes that do not fit, a tensor of another tape) makes the operation's result empty and is kept: [Tape.Err] and
// [Tape.Backward] return the first one, with the shapes. Nothing after it is computed. A loss or a gradient that is not finite is an error of
// Backward, and leaves the parameters alone.
//
// # Gradients
//
// The rule of each operation is written with operations, so gradients are on the tape too and have gradients: [Tape.Grad] of a gradient is
// what a gradient penalty or a Hessian-vector product needs. For y = f(x) and the Jacobian J = dy/dx, [Tape.VJP] is v^T J, and [Tape.JVP] is
// J v, as the derivative of u^T J with respect to u, in the direction v. (Griewank and Walther, "Evaluating Derivatives", 2008, chapters 3 and 5.)
//
// # Layers
//
// There are neither dropout nor group normalisation. A [Param] alone is a [Layer] too: position embeddings are one.
//
// # Watching
//
// [Tensor.Named] gives a value a name; [Tape.OnValue] and [Tape.OnGradient] are told of named values as they and their gradients are computed.
package autodiff
