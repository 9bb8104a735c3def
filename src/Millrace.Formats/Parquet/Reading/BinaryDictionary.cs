using System.Runtime.Intrinsics;
using Millrace.Columnar;
using Millrace.Formats.Compression;

namespace Millrace.Formats.Parquet;

/// <summary>The dictionary of a chunk with byte strings, and the pages that refer to it.</summary>
internal sealed unsafe class BinaryDictionary : BinaryValueDecoder, IDisposable
{
    private const int Step = 1024;

    // Larger dictionaries and longer values do not stay apart from their rows: work per value would not pay off, and the
    // size of the rows would not be known.
    private const int MaxSharedValues = 8 << 10;
    private const int MaxSharedLength = 255;

    private readonly BinaryOutput _values = new();
    private readonly PlainBinaryDecoder _plain = new();
    private readonly ScratchBuffer _scratch = new();
    private DictionaryIndexDecoder _indices;

    // The length of all values where it is the same and not more than a vector's; otherwise -1.
    private int _length;
    private BinaryColumn? _shared;
    private bool _isShareable;

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
        _length = CommonLength();
        _shared?.Dispose();
        _shared = null;
        _isShareable = true;
    }

    /// <summary>The values as a column that rows can refer to, borrowed; null if they are too many, too long or not what the type promises.</summary>
    public BinaryColumn? Shared(DataType type)
    {
        if (_shared is null && _isShareable)
        {
            _isShareable = _values.Count is > 0 and <= MaxSharedValues && Longest() <= MaxSharedLength;
            BinaryColumn? copy = _isShareable ? Copy(type) : null;
            _isShareable = copy is not null && ValueChecks.Find(copy) is null;
            _shared = _isShareable ? copy : null;
            if (!_isShareable)
            {
                copy?.Dispose();
            }
        }

        return _shared;
    }

    /// <summary>Decodes the indices of the page's next values.</summary>
    public void DecodeIndices(int* indices, int count) => _indices.Decode(indices, count);

    /// <summary>Appends the values of indices, which have been checked.</summary>
    public void AppendAll(BinaryOutput output, int* indices, int count)
    {
        for (int done = 0; done < count; done += Step)
        {
            Append(output, indices + done, Math.Min(Step, count - done));
        }
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
        _shared?.Dispose();
    }

    private int Longest()
    {
        int* offsets = _values.Offsets;
        int longest = 0;
        for (int i = 0; i < _values.Count; i++)
        {
            longest = Math.Max(longest, offsets[i + 1] - offsets[i]);
        }

        return longest;
    }

    private BinaryColumn Copy(DataType type)
    {
        NativeBuffer offsets = BufferPool.Rent((_values.Count + 1) * sizeof(int));
        new ReadOnlySpan<int>(_values.Offsets, _values.Count + 1).CopyTo(new Span<int>(offsets.Pointer, _values.Count + 1));
        NativeBuffer data = KernelMemory.Rent(_values.Length, type);
        new ReadOnlySpan<byte>(_values.Data, _values.Length).CopyTo(data.Span);
        return new BinaryColumn(type, _values.Count, offsets, data);
    }

    private int CommonLength()
    {
        int* offsets = _values.Offsets;
        int length = _values.Count == 0 ? -1 : offsets[1] - offsets[0];
        for (int i = 0; i < _values.Count; i++)
        {
            length = offsets[i + 1] - offsets[i] == length ? length : -1;
        }

        return length <= Vector128<byte>.Count ? length : -1;
    }

    // Codes and flags: no length has to be looked up.
    private void AppendEven(BinaryOutput output, int* indices, int count)
    {
        int length = _length;
        int* ends = output.Ends(count);
        int end = output.Length;
        byte* target = output.Room((long)length * count);
        byte* source = _values.Data;
        if (length == 1)
        {
            for (int i = 0; i < count; i++)
            {
                ends[i] = ++end;
                target[i] = source[indices[i]];
            }
        }
        else
        {
            for (int i = 0; i < count; i++, target += length)
            {
                ends[i] = end += length;
                Vector128.Load(source + ((long)indices[i] * length)).Store(target);
            }
        }

        output.Add(count, length * count);
    }

    private void Append(BinaryOutput output, int* indices, int count)
    {
        if (_length >= 0)
        {
            AppendEven(output, indices, count);
            return;
        }

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
