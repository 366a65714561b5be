// Package autodiff computes gradients of what is computed on a [Tape]: reverse mode, of any order, over float32 or float64.
//
//	layer := autodiff.NewLinear[float32]("line", 1, 1, random)
//	tape, adam := autodiff.New[float32](), &autodiff.Adam[float32]{Rate: 0.1}
//	for range 200 {
//		tape.Reset()
//		loss := layer.Forward(tape, tape.Const(x, 64, 1)).MSE(tape.Const(y, 64, 1))
//		if err := tape.Backward(loss, layer.Params()...); err != nil {
//			return err
//		}
//		if err := adam.Step(layer.Params()); err != nil {
//			return err
//		}
//	}
//
// # Values
//
// A [Tensor] is a value on a tape: numbers and a shape of up to five sizes, rows first. Operations are methods of tensors; each is
// computed at once and remembered. [Tape.Reset] forgets them and keeps their memory, so that a step of training allocates nothing
// once the first has been made; a tensor does not outlive the reset.
//
// Shapes of two operands may differ as NumPy's do: they are compared from the last size, and a size of 1 or a missing one is repeated.
//
// # Errors
//
// A mistake (shapes that do not fit, a tensor of another tape) makes the operation's result empty and is kept: [Tape.Err] and
// [Tape.Backward] return the first one, with the shapes. Nothing after it is computed.
//
// # Gradients
//
// The rule of each operation is written with operations, so gradients are on the tape too and have gradients: [Tape.Grad] of a gradient is
// what a gradient penalty or a Hessian-vector product needs. For y = f(x) and the Jacobian J = dy/dx, [Tape.VJP] is v^T J, and [Tape.JVP] is
// J v, as the derivative of u^T J with respect to u, in the direction v. (Griewank and Walther, "Evaluating Derivatives", 2008, chapters 3 and 5.)
//
// # Watching
//
// [Tensor.Named] gives a value a name; [Tape.OnValue] and [Tape.OnGradient] are told of named values as they and their gradients are computed.
package autodiff
