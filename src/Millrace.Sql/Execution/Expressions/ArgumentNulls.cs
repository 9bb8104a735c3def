using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Puts validity bitmaps together.</summary>
internal static unsafe class ArgumentNulls
{
    /// <summary>The rows in which no argument is null; absent if that is all. Returns memory of the bitmap, if it needed any.</summary>
    public static NativeBuffer? Intersect(ReadOnlySpan<Vector> arguments, int rows, out Bitmap valid)
    {
        valid = default;
        NativeBuffer? memory = null;
        foreach (Vector argument in arguments)
        {
            if (argument.IsConstant || !argument.Column.HasNulls)
            {
                continue;
            }

            if (memory is null)
            {
                memory = Both(valid, argument.Column.Validity, out valid);
                continue;
            }

            var words = (ulong*)memory.Pointer;
            for (int at = 0; at < rows; at += 64)
            {
                words[at >> 6] &= argument.Column.Validity.Word(at);
            }
        }

        return memory;
    }

    /// <summary>Rows that are in both bitmaps. Returns memory of the result, if it needed any.</summary>
    public static NativeBuffer? Both(Bitmap left, Bitmap right, out Bitmap both)
    {
        if (left.IsAbsent || right.IsAbsent)
        {
            both = left.IsAbsent ? right : left;
            return null;
        }

        NativeBuffer memory = KernelMemory.RentBits(left.Length);
        var words = (ulong*)memory.Pointer;
        for (int at = 0; at < left.Length; at += 64)
        {
            words[at >> 6] = left.Word(at) & right.Word(at);
        }

        both = new Bitmap(memory.Pointer, 0, left.Length);
        return memory;
    }
}
