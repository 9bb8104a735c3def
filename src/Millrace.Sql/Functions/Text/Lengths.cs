using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>How long texts and byte strings are.</summary>
internal static class Lengths
{
    public static Column CodePoints(in KernelCall call) => Rows.Fixed<int, CodePointsRow>(call, new CodePointsRow(call.Text(0)));

    public static Column Bytes(in KernelCall call) => Rows.Fixed<int, BytesRow>(call, new BytesRow(call.Text(0)));

    public static Column BitCount(in KernelCall call) => Rows.Fixed<long, BitsRow>(call, new BitsRow(call.Text(0)));

    private readonly struct CodePointsRow(TextArgument text) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            value = Utf8Text.Count(text[row]);
            return true;
        }
    }

    private readonly struct BytesRow(TextArgument text) : IFixedRow<int>
    {
        public bool TryValue(int row, out int value)
        {
            value = text[row].Length;
            return true;
        }
    }

    private readonly struct BitsRow(TextArgument text) : IFixedRow<long>
    {
        public bool TryValue(int row, out long value)
        {
            value = text[row].Length * 8L;
            return true;
        }
    }
}
