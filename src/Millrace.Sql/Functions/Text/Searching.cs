using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Texts within texts, byte for byte.</summary>
internal static class Searching
{
    /// <summary>Of text and part; <c>position(part IN text)</c> is parsed so too.</summary>
    public static Column Position(in KernelCall call) => Rows.Fixed<int, PositionRow>(call, new PositionRow(call.Text(0), call.Text(1)));

    public static Column StartsWith(in KernelCall call) => Rows.Boolean(call, new StartsWithRow(call.Text(0), call.Text(1)));

    public static Column EndsWith(in KernelCall call) => Rows.Boolean(call, new EndsWithRow(call.Text(0), call.Text(1)));

    public static Column Contains(in KernelCall call) => Rows.Boolean(call, new ContainsRow(call.Text(0), call.Text(1)));

    private readonly struct PositionRow(TextArgument text, TextArgument part) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            ReadOnlySpan<byte> all = text[row];
            int at = all.IndexOf(part[row]);
            value = at < 0 ? 0 : Utf8Text.Count(all[..at]) + 1;
            return true;
        }
    }

    private readonly struct StartsWithRow(TextArgument text, TextArgument part) : IFixedRow<bool>
    {
        public bool TryValue(int row, out bool value)
        {
            value = text[row].StartsWith(part[row]);
            return true;
        }
    }

    private readonly struct EndsWithRow(TextArgument text, TextArgument part) : IFixedRow<bool>
    {
        public bool TryValue(int row, out bool value)
        {
            value = text[row].EndsWith(part[row]);
            return true;
        }
    }

    private readonly struct ContainsRow(TextArgument text, TextArgument part) : IFixedRow<bool>
    {
        public bool TryValue(int row, out bool value)
        {
            value = text[row].IndexOf(part[row]) >= 0;
            return true;
        }
    }
}
