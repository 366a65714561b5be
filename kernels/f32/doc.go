// Package f32 has the float32 arithmetic of the algorithms: exponentials and what is made of them, sums and products of vectors,
// products of matrices. It knows nothing of neural networks; package autodiff builds on it.
//
// # Paths
//
// Each function has three forms: AVX-512 and AVX2 with FMA in assembly, and plain Go for every other machine. One is chosen when
// the program starts, by what the processor has; the environment variable XAINB_SIMD=off|avx2|avx512 forces one. The forms
// differ in the last bits: sums are added in another order, products are fused or not. On one form results are the same for
// every GOMAXPROCS, for every alignment, and for an element wherever in a slice it stands.
//
// All functions may run in several goroutines at once, also with the same [Packed], as long as none writes what another one uses.
//
// # Slices
//
// A function of several slices works on as many elements as the shortest has, as the built-in copy does. dst may be one of the
// inputs; slices that overlap otherwise give undefined values. No input is modified. Sizes that cannot be meant are an error of a product, and
// a panic of the other functions. Nothing is allocated, but by [Aligned] and [Pack], and for the buffers of products and of rows that are
// shared out among processors: they are used again, until the garbage collector takes those that two collections found unused.
//
// # Sums
//
// A sum of n terms, also of a product's element, is at most about n 2^-24 times the sum of the terms' sizes off; the true error is usually
// far smaller, as several parts are added up side by side. Each part stops growing at 2^24 times a term's size: after 33 million equal terms
// or more without vectors, 500 million or more with them. [ColumnSums], where a column would be one part, adds up blocks
// of 512 rows, and softmax blocks of 4,096 values.
//
// # Exponentials
//
// [Exp] is a polynomial of degree 6 after the reduction of Cephes' expf, in vectors; at most 2 ulp from the true value over the full
// range (1.25 is the most that was measured). It is +Inf only above 88.7228317, and what would be subnormal (below -87.3365448) is 0.
// [Exp32], one value, is the scheme of glibc's expf: a table of powers of two and a short polynomial in float64; at most 1 ulp (measured:
// 0.52), with gradual underflow down to -103.97. On a machine without assembly Exp is Exp32. NaN stays NaN everywhere.
//
// [Tanh], [Sigmoid], [SiLU], [GELU] (the exact one, x times the normal distribution function) and [Softplus] are within 1.8e-7, 2.4e-7,
// 3e-7, 6e-7 and 3.6e-7 of the true value, relative to the larger of it and the smallest normal number (times x for GELU and SiLU); measured
// over six million values on each path were 1.4e-7, 1.9e-7, 2.3e-7, 5.0e-7 and 2.7e-7. Their gradients are within 1.1e-6 (SiLU), 4e-7
// (GELU) and 1.2e-7 (Tanh, Sigmoid) of the true ones, relative to what comes from above.
//
// # Matrices
//
// [Gemm] is the product of [Matrix] values, whose two strides make a transposition free. It packs the right factor in panels, keeps a
// tile of the result in registers (12 by 32 with AVX-512, 6 by 16 with AVX2, after Goto and van de Geijn, "Anatomy of
// high-performance matrix multiplication", 2008) and can add a bias and apply an activation while the result is in the cache.
//
// # The assembly
//
// The programs in asm/ write it, with avo; "go generate" runs them, and "make check" compares what is committed with what they write.
package f32

//go:generate go run -C asm . -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg f32
