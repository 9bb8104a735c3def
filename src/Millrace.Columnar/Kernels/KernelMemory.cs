namespace Millrace.Columnar;

/// <summary>Rents what kernels write to.</summary>
public static unsafe class KernelMemory
{
    /// <summary>Bytes past the last value that vector stores may overwrite.</summary>
    public const int Slack = 64;

    /// <summary>Room for <paramref name="bytes"/> and <see cref="Slack"/> more.</summary>
    public static NativeBuffer Rent(long bytes, DataType type)
        => bytes <= BufferPool.MaxCapacity - Slack ? BufferPool.Rent((int)bytes + Slack) : throw ColumnarErrors.ColumnTooLarge(type.ToString());

    /// <summary>Room for <paramref name="count"/> values of <paramref name="width"/> bytes, and nothing past them.</summary>
    public static NativeBuffer RentValues(int count, int width, DataType type)
        => (long)count * width is var bytes && bytes <= BufferPool.MaxCapacity ? BufferPool.Rent((int)bytes) : throw ColumnarErrors.ColumnTooLarge(type.ToString());

    /// <summary>Room for bits, in whole 64-bit words and one more.</summary>
    public static NativeBuffer RentBits(int bits) => BufferPool.Rent((int)((((long)bits + 63) >> 6) << 3) + 8);
}
