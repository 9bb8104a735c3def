using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>The dictionary of a chunk with values of one size, as the column wants them.</summary>
internal sealed unsafe class FixedDictionary(int width) : IDisposable
{
    private readonly ScratchBuffer _values = new();

    public int Count { get; private set; }

    /// <summary>Makes room for a dictionary; <paramref name="available"/> values are there.</summary>
    public byte* Reserve(int count, int available)
    {
        if (count < 0 || count > available)
        {
            throw ParquetErrors.ValuesMissing(count, available);
        }

        long bytes = (long)count * width;
        if (bytes > int.MaxValue / 2)
        {
            throw ParquetErrors.BatchTooLarge(int.MaxValue / 2);
        }

        Count = count;
        _values.EnsureCapacity((int)bytes);
        return _values.Pointer;
    }

    /// <summary>Copies the values of some indices, which have been checked.</summary>
    public void Gather(int* indices, byte* target, int count)
    {
        byte* values = _values.Pointer;
        switch (width)
        {
            case 1:
                Gather<byte>(indices, values, target, count);
                break;
            case 2:
                Gather<short>(indices, values, target, count);
                break;
            case 4:
                Gather<int>(indices, values, target, count);
                break;
            case 8:
                Gather<long>(indices, values, target, count);
                break;
            case 16:
                Gather<Int128>(indices, values, target, count);
                break;
            default:
                for (int i = 0; i < count; i++)
                {
                    Buffer.MemoryCopy(values + ((long)indices[i] * width), target + ((long)i * width), width, width);
                }

                break;
        }
    }

    public void Dispose() => _values.Dispose();

    private static void Gather<T>(int* indices, byte* values, byte* target, int count)
        where T : unmanaged
    {
        for (int i = 0; i < count; i++)
        {
            ((T*)target)[i] = ((T*)values)[indices[i]];
        }
    }
}
