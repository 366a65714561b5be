package autodiff

// opcode says how a value was computed.
type opcode uint8

const (
	opLeaf opcode = iota
	opAdd
	opSub
	opMul
	opDiv
	opLinear
	opExp
	opLog
	opSqrt
	opInverse
	opTanh
	opTanhGrad
	opSigmoid
	opSigmoidGrad
	opSiLU
	opSiLUGrad
	opGELU
	opGELUGrad
	opSoftplus
	opReLU
	opReLUGrad
	opLeaky
	opLeakyGrad
	opClamp
	opClampGrad
	opMatMul
	opSumTo
	opRepeat
	opReshape
	opPermute
	opSlice
	opPad
	opConcat
	opGather
	opScatter
	opUnfold
	opFold
	opServe
	opMeet
	opSoftmax
	opSoftmaxGrad
	opLogSumExp
	opNormalise
	opBCE
	opCount
)

// rulesOf returns the rule of each operation.
func rulesOf[T Float]() [opCount]rule[T] {
	return [opCount]rule[T]{
		opAdd:         addRule[T],
		opSub:         subRule[T],
		opMul:         mulRule[T],
		opDiv:         divRule[T],
		opLinear:      linearRule[T],
		opExp:         expRule[T],
		opLog:         logRule[T],
		opSqrt:        sqrtRule[T],
		opInverse:     inverseRule[T],
		opTanh:        tanhRule[T],
		opTanhGrad:    tanhGradRule[T],
		opSigmoid:     sigmoidRule[T],
		opSigmoidGrad: sigmoidGradRule[T],
		opSiLU:        siluRule[T],
		opSiLUGrad:    siluGradRule[T],
		opGELU:        geluRule[T],
		opGELUGrad:    geluGradRule[T],
		opSoftplus:    softplusRule[T],
		opReLU:        reluRule[T],
		opReLUGrad:    reluGradRule[T],
		opLeaky:       leakyRule[T],
		opLeakyGrad:   leakyGradRule[T],
		opClamp:       clampRule[T],
		opClampGrad:   clampGradRule[T],
		opMatMul:      matMulRule[T],
		opSumTo:       sumToRule[T],
		opRepeat:      repeatRule[T],
		opReshape:     reshapeRule[T],
		opPermute:     permuteRule[T],
		opSlice:       sliceRule[T],
		opPad:         padRule[T],
		opConcat:      concatRule[T],
		opGather:      gatherRule[T],
		opScatter:     scatterRule[T],
		opUnfold:      unfoldRule[T],
		opFold:        foldRule[T],
		opServe:       serveRule[T],
		opMeet:        meetRule[T],
		opSoftmax:     softmaxRule[T],
		opSoftmaxGrad: softmaxGradRule[T],
		opLogSumExp:   logSumExpRule[T],
		opNormalise:   normaliseRule[T],
		opBCE:         bceRule[T],
	}
}

// of returns the node of y, which a rule may read until it adds a value to the tape.
func (t *Tape[T]) of(y Tensor[T]) *node[T] { return &t.nodes[y.id] }
