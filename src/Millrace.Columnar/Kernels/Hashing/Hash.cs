namespace Millrace.Columnar;

/// <summary>
/// Hashes of rows. Rows that <see cref="RowEquality"/> finds equal have equal hashes, in this process and in others. The
/// hashes are well mixed, in the low as in the high bits; they are no defence against chosen keys unless the seed is secret.
/// </summary>
public static unsafe class Hash
{
    /// <summary>A hash for each row over some columns of equal length.</summary>
    public static void Rows(ReadOnlySpan<Column> columns, Span<ulong> hashes, ulong seed = 0)
    {
        hashes.Fill(seed);
        using NativeBuffer scratch = KernelMemory.Rent((long)hashes.Length * sizeof(ulong), DataType.UInt64);
        var words = (ulong*)scratch.Pointer;
        fixed (ulong* target = hashes)
        {
            foreach (Column column in columns)
            {
                if (column.Length != hashes.Length)
                {
                    throw new ArgumentException($"A column of {column.Length} rows does not fit {hashes.Length} hashes.");
                }

                // 64-bit values are words as they lie.
                bool direct = column is FixedColumn<long> or FixedColumn<ulong> && !column.HasNulls;
                if (!direct)
                {
                    HashWords.Write(column, words);
                }

                Mixer.Step(target, direct ? (ulong*)FixedMemory.Start(column) : words, hashes.Length);
            }
        }
    }

    /// <summary>A hash for each row over one column.</summary>
    public static void Rows(Column column, Span<ulong> hashes, ulong seed = 0) => Rows([column], hashes, seed);
}
