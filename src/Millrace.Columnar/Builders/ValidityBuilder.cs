using System.Runtime.CompilerServices;

namespace Millrace.Columnar;

/// <summary>
/// Collects validity bits and makes no bitmap until the first null: most columns have none. Rows appended before that
/// count as valid.
/// </summary>
internal unsafe struct ValidityBuilder
{
    private NativeBuffer? _bits;

    public int NullCount { get; private set; }

    /// <summary>Marks the row at <paramref name="row"/>, which is the next one, as null.</summary>
    public void AppendNull(int row)
    {
        EnsureCapacity(row, row + 1);
        Bits.Clear(_bits!.Pointer, row);
        NullCount++;
    }

    /// <summary>Marks the row at <paramref name="row"/>, which is the next one, as valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendValid(int row)
    {
        if (_bits is not null)
        {
            AppendOne(row);
        }
    }

    public void AppendValidRun(int row, int count)
    {
        if (_bits is not null && count > 0)
        {
            EnsureCapacity(row, row + count);
            Bits.Fill(_bits.Pointer, row, count, true);
        }
    }

    /// <summary>Appends rows whose validity is known as a bitmap.</summary>
    public void AppendBitmap(int row, Bitmap bitmap)
    {
        int nulls = bitmap.Length - bitmap.CountOnes();
        if (nulls == 0)
        {
            AppendValidRun(row, bitmap.Length);
            return;
        }

        EnsureCapacity(row, row + bitmap.Length);
        Bits.Copy(bitmap.Pointer, bitmap.Offset, _bits!.Pointer, row, bitmap.Length);
        NullCount += nulls;
    }

    /// <summary>Turns a row that was appended as valid into a null.</summary>
    public void SetNull(int row, int length)
    {
        EnsureCapacity(length, length);
        if (Bits.Get(_bits!.Pointer, row))
        {
            Bits.Clear(_bits.Pointer, row);
            NullCount++;
        }
    }

    /// <summary>Hands the bitmap to the caller, or null if no row is null, and starts anew.</summary>
    public NativeBuffer? Build()
    {
        NativeBuffer? bits = _bits;
        _bits = null;
        if (NullCount == 0)
        {
            bits?.Dispose();
            bits = null;
        }

        NullCount = 0;
        return bits;
    }

    public void Truncate(int length)
    {
        if (_bits is not null)
        {
            NullCount = length - Bits.CountOnes(_bits.Pointer, 0, length);
        }
    }

    public void Dispose()
    {
        _bits?.Dispose();
        _bits = null;
        NullCount = 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AppendOne(int row)
    {
        EnsureCapacity(row, row + 1);
        Bits.Set(_bits!.Pointer, row);
    }

    private void EnsureCapacity(int rowsBefore, int rows)
    {
        int bytes = Bits.ByteCount(rows);
        if (_bits is not null && _bits.Capacity >= bytes)
        {
            return;
        }

        NativeBuffer grown = BufferPool.Rent(Math.Max(bytes, (_bits?.Capacity ?? 0) * 2));
        if (_bits is null)
        {
            Bits.Fill(grown.Pointer, 0, rowsBefore, true);
        }
        else
        {
            _bits.Span.CopyTo(grown.Span);
            _bits.Dispose();
        }

        _bits = grown;
    }
}
