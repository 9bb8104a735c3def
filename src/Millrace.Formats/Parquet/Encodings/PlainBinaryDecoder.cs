using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Millrace.Formats.Parquet;

/// <summary>PLAIN: each value after its length in four bytes.</summary>
internal sealed unsafe class PlainBinaryDecoder : BinaryValueDecoder
{
    private byte* _at;
    private byte* _end;

    public override void Start(byte* data, int length)
    {
        _at = data;
        _end = data + length;
    }

    public override void Decode(BinaryOutput output, int count)
    {
        int* ends = output.Ends(count);
        int length = Measure(ends, count, output.Length);
        byte* target = output.Room(length);
        byte* source = _at;
        int position = output.Length;
        for (int i = 0; i < count; i++)
        {
            int size = ends[i] - position;
            position = ends[i];
            source += sizeof(int);
            // Page and output have slack, so that a short value is one vector.
            if (size <= Vector128<byte>.Count)
            {
                Vector128.Load(source).Store(target);
            }
            else
            {
                Buffer.MemoryCopy(source, target, size, size);
            }

            target += size;
            source += size;
        }

        _at = source;
        output.Add(count, length);
    }

    // Checks every length and turns them into ends; returns the bytes of all values.
    private int Measure(int* ends, int count, int position)
    {
        byte* at = _at;
        long end = position;
        for (int i = 0; i < count; i++)
        {
            long left = _end - at - sizeof(int);
            uint size = left < 0 ? uint.MaxValue : Unsafe.ReadUnaligned<uint>(at);
            if (size > left)
            {
                throw left < 0 ? ParquetErrors.ValuesMissing(count, i) : ParquetErrors.Page($"a value of {size} bytes reaches beyond its end");
            }

            at += sizeof(int) + size;
            end += size;
            ends[i] = (int)end;
        }

        // All of it lies in one page, so the sum fits.
        return end <= int.MaxValue ? (int)(end - position) : throw ParquetErrors.BatchTooLarge(int.MaxValue);
    }
}
