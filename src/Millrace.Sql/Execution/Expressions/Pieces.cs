using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>
/// Collects the values of branches, each for its rows, and makes one column of them. Rows that no branch has are null.
/// </summary>
internal sealed unsafe class Pieces(DataType type, int rows) : IDisposable
{
    private readonly List<(PartialVector Values, RowMask Rows)> _pieces = [];

    private int RowCount => rows;

    /// <summary>Adds values, which count instead of those that an earlier piece has for the same rows; both are taken over.</summary>
    public void Add(PartialVector values, RowMask chosen) => _pieces.Add((values, chosen));

    public Vector Build(Bitmap asked)
    {
        // What is computed for all rows and asked of one branch only needs no copy.
        if (_pieces is [{ Values.IsPacked: false } only] && only.Rows.Count() == (asked.IsAbsent ? rows : asked.CountOnes()))
        {
            Vector values = only.Values.Vector;
            values.Column.Share();
            return values;
        }

        return new Vector(type.Layout switch
        {
            TypeLayout.Bit => Booleans(),
            TypeLayout.Fixed => FixedType.Dispatch<FixedVisitor, Column>(type, new FixedVisitor(this)),
            _ => ByNumber(),
        });
    }

    public void Dispose()
    {
        foreach ((PartialVector values, RowMask chosen) in _pieces)
        {
            values.Dispose();
            chosen.Dispose();
        }
    }

    private static ulong Choose(ulong mask, ulong ones, ulong zeros) => (ones & mask) | (zeros & ~mask);

    private BooleanColumn Booleans()
    {
        using RowMask validity = RowMask.None(rows);
        NativeBuffer values = KernelMemory.RentBits(rows);
        var words = (ulong*)values.Pointer;
        new Span<ulong>(words, validity.WordCount).Clear();
        foreach ((PartialVector piece, RowMask chosen) in _pieces)
        {
            var bits = new PartialBits(piece, chosen);
            for (int i = 0; i < chosen.WordCount; i++)
            {
                bits.Next(out ulong value, out ulong valid);
                words[i] = Choose(chosen.Words[i], value, words[i]);
                validity.Words[i] = Choose(chosen.Words[i], valid, validity.Words[i]);
            }
        }

        return new BooleanColumn(rows, values, Nulls(validity));
    }

    private NativeBuffer? FixedValidity()
    {
        using RowMask validity = RowMask.None(rows);
        foreach ((PartialVector piece, RowMask chosen) in _pieces)
        {
            var bits = new PartialBits(piece, chosen);
            for (int i = 0; i < chosen.WordCount; i++)
            {
                validity.Words[i] = Choose(chosen.Words[i], bits.NextValid(), validity.Words[i]);
            }
        }

        return Nulls(validity);
    }

    private NativeBuffer? Nulls(RowMask validity)
    {
        if (validity.Count() == rows)
        {
            return null;
        }

        NativeBuffer copy = KernelMemory.RentBits(rows);
        new ReadOnlySpan<ulong>(validity.Words, validity.WordCount).CopyTo(new Span<ulong>(copy.Pointer, validity.WordCount));
        return copy;
    }

    // Values of no fixed width: all of them behind each other, then the row of each.
    private Column ByNumber()
    {
        var columns = new List<Column>();
        int[] numbers = ArrayPool<int>.Shared.Rent(rows);
        Column? nothing = null;
        try
        {
            nothing = ConstantColumn.Create(type, null);
            columns.Add(nothing);
            numbers.AsSpan(0, rows).Clear();
            int start = 1;
            foreach ((PartialVector piece, RowMask chosen) in _pieces)
            {
                int packed = 0;
                foreach (int row in new RowNumbers(chosen))
                {
                    numbers[row] = start + (piece.Vector.IsConstant ? 0 : piece.IsPacked ? packed++ : row);
                }

                columns.Add(piece.Vector.Column);
                start += piece.Vector.Column.Length;
            }

            using Column all = Concat.Columns(columns);
            return Take.Rows(all, numbers.AsSpan(0, rows));
        }
        finally
        {
            nothing?.Dispose();
            ArrayPool<int>.Shared.Return(numbers);
        }
    }

    private readonly struct FixedVisitor(Pieces pieces) : IFixedVisitor<Column>
    {
        public Column Visit<T>(DataType type)
            where T : unmanaged
        {
            int rows = pieces.RowCount;
            NativeBuffer memory = KernelMemory.RentValues(rows, sizeof(T), type);
            var target = (T*)memory.Pointer;
            foreach ((PartialVector piece, RowMask chosen) in pieces._pieces)
            {
                var source = (T*)FixedMemory.Start(piece.Vector.Column);
                if (piece.Vector.IsConstant)
                {
                    Scatter.Constant(*source, chosen, target);
                }
                else if (piece.IsPacked)
                {
                    Scatter.Packed(source, chosen, target);
                }
                else
                {
                    Scatter.InPlace(source, chosen, target);
                }
            }

            NativeBuffer? validity = pieces.FixedValidity();
            return FixedMemory.Make(type, rows, memory, validity, -1);
        }

        public Column VisitBinary(DataType type) => pieces.ByNumber();
    }
}
