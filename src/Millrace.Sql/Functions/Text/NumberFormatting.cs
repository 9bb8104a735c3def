using System.Globalization;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Numbers as text by a format: <c>to_char(n, '9,999.00')</c>.</summary>
internal static class NumberFormatting
{
    public static ScalarKernel Whole(ScalarCallSite site) => (in KernelCall call) => Rows.Text(call, new Row<long, WholeDigits>(call));

    public static ScalarKernel Decimal(ScalarCallSite site) => (in KernelCall call) => Rows.Text(call, new Row<Int128, DecimalDigits>(call));

    public static ScalarKernel Float(ScalarCallSite site) => (in KernelCall call) => Rows.Text(call, new Row<double, FloatDigits>(call));

    private interface IDigits<T>
    {
        /// <summary>The digits of a number without its sign, so many of them behind the point; null where it has none.</summary>
        static abstract string? Of(T value, DataType type, int fraction);

        static abstract bool IsNegative(T value);
    }

    private readonly ref struct Row<T, TDigits>(in KernelCall call) : IBuilderRow<BinaryBuilder>
        where T : unmanaged
        where TDigits : struct, IDigits<T>
    {
        private readonly FixedArgument<T> _values = call.Fixed<T>(0);
        private readonly TextArgument _formats = call.Text(1);
        private readonly DataType _type = call.Arguments[0].Type;
        private readonly RowFaults _faults = call.Faults;
        private readonly Cache _cache = new();

        public void Append(int row, BinaryBuilder result)
        {
            NumberFormat format = _cache.Find(_formats[row]);
            if (format.Fault is { } fault)
            {
                _faults.Add(row, FunctionErrors.FormatCode, $"The format {FunctionErrors.Show(_formats[row])} {fault}.");
                result.AppendNull();
                return;
            }

            result.Append(format.Write(TDigits.IsNegative(_values[row]), TDigits.Of(_values[row], _type, format.Fraction)));
        }
    }

    // The format is nearly always the same in all rows.
    private sealed class Cache
    {
        private byte[] _text = [];
        private NumberFormat? _format;

        public NumberFormat Find(ReadOnlySpan<byte> text)
        {
            if (_format is null || !text.SequenceEqual(_text))
            {
                _text = text.ToArray();
                _format = NumberFormat.Parse(System.Text.Encoding.UTF8.GetString(text));
            }

            return _format;
        }
    }

    private readonly struct WholeDigits : IDigits<long>
    {
        public static string? Of(long value, DataType type, int fraction)
            => ((Int128)value is var wide && wide < 0 ? -wide : wide).ToString(CultureInfo.InvariantCulture) + new string('0', fraction);

        public static bool IsNegative(long value) => value < 0;
    }

    private readonly struct DecimalDigits : IDigits<Int128>
    {
        public static string? Of(Int128 value, DataType type, int fraction)
        {
            int kept = Math.Min(fraction, type.Scale);
            return DecimalMath.TryRescale(value, type.Scale, kept, DataType.MaxDecimalPrecision, out Int128 rounded)
                ? DecimalMath.Magnitude(rounded).ToString(CultureInfo.InvariantCulture) + new string('0', fraction - kept)
                : null;
        }

        public static bool IsNegative(Int128 value) => Int128.IsNegative(value);
    }

    private readonly struct FloatDigits : IDigits<double>
    {
        public static string? Of(double value, DataType type, int fraction)
            => double.IsFinite(value) ? Math.Abs(value).ToString($"F{fraction}", CultureInfo.InvariantCulture).Replace(".", "", StringComparison.Ordinal) : null;

        public static bool IsNegative(double value) => value < 0;
    }
}
