using System.Runtime.InteropServices;

namespace Millrace.Columnar;

/// <summary>A calendar interval; the parts are independent and never normalised into each other (Arrow's month-day-nano).</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public readonly record struct Interval(int Months, int Days, long Nanoseconds);
