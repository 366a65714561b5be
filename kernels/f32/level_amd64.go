package f32

import "golang.org/x/sys/cpu"

// best returns the widest form that the processor and the operating system support.
func best() isa {
	x := &cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512VL && x.HasAVX512DQ && x.HasAVX512BW && x.HasBMI2 && x.HasFMA:
		return avx512
	case x.HasAVX2 && x.HasFMA && x.HasBMI2:
		return avx2
	}
	return portable
}
