using System.Runtime.Intrinsics;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>The dictionary of a chunk with byte strings, and the pages that refer to it.</summary>
internal sealed unsafe class BinaryDictionary : BinaryValueDecoder, IDisposable
{
    private const int Step = 1024;

    private readonly BinaryOutput _values = new();
    private readonly PlainBinaryDecoder _plain = new();
    private readonly ScratchBuffer _scratch = new();
    private DictionaryIndexDecoder _indices;

    /// <summary>Reads a dictionary page.</summary>
    public void Read(byte* data, int length, int count)
    {
        // Each value takes four bytes at least.
        if (count < 0 || count > length / sizeof(int))
        {
            throw ParquetErrors.ValuesMissing(count, length / sizeof(int));
        }

        _values.Cut(0);
        _plain.Start(data, length);
        _plain.Decode(_values, count);
    }

    public override void Start(byte* data, int length) => _indices = new DictionaryIndexDecoder(data, length, _values.Count);

    public override void Decode(BinaryOutput output, int count)
    {
        _scratch.EnsureCapacity(Step * sizeof(int));
        int* indices = (int*)_scratch.Pointer;
        for (int done = 0; done < count; done += Step)
        {
            int step = Math.Min(Step, count - done);
            _indices.Decode(indices, step);
            Append(output, indices, step);
        }
    }

    public void Dispose()
    {
        _values.Dispose();
        _scratch.Dispose();
    }

    private void Append(BinaryOutput output, int* indices, int count)
    {
        int* offsets = _values.Offsets;
        int* ends = output.Ends(count);
        long end = output.Length;
        for (int i = 0; i < count; i++)
        {
            int* range = offsets + indices[i];
            end += range[1] - range[0];
            ends[i] = (int)end;
        }

        byte* source = _values.Data;
        byte* target = output.Room(end - output.Length);
        byte* last = target;
        for (int i = 0; i < count; i++)
        {
            int* range = offsets + indices[i];
            int size = range[1] - range[0];
            // Dictionary and output have slack, so that a short value is one vector.
            if (size <= Vector128<byte>.Count)
            {
                Vector128.Load(source + range[0]).Store(last);
            }
            else
            {
                Buffer.MemoryCopy(source + range[0], last, size, size);
            }

            last += size;
        }

        output.Add(count, (int)(last - target));
    }
}
