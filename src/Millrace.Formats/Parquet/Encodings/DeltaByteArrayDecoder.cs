namespace Millrace.Formats.Parquet;

/// <summary>DELTA_BYTE_ARRAY: how much of the value before is kept, and what follows it.</summary>
internal sealed unsafe class DeltaByteArrayDecoder : BinaryValueDecoder, IDisposable
{
    private readonly OutputBuffer _last = new();
    private DeltaBinaryPackedDecoder _prefixes;
    private DeltaBinaryPackedDecoder _suffixes;
    private byte* _at;
    private byte* _end;
    private int _lastLength;

    public override void Start(byte* data, int length)
    {
        _prefixes = new DeltaBinaryPackedDecoder(data, length);
        byte* suffixes = _prefixes.FindEnd();
        _end = data + length;
        _suffixes = new DeltaBinaryPackedDecoder(suffixes, (int)(_end - suffixes));
        _at = _suffixes.FindEnd();
        _lastLength = 0;
    }

    public override void Decode(BinaryOutput output, int count)
    {
        const int step = 256;
        int* prefixes = stackalloc int[step];
        int* suffixes = stackalloc int[step];
        for (int done = 0; done < count; done += step)
        {
            int now = Math.Min(step, count - done);
            _prefixes.Decode(prefixes, now);
            _suffixes.Decode(suffixes, now);
            Append(output, prefixes, suffixes, now);
        }
    }

    public void Dispose() => _last.Dispose();

    private void Append(BinaryOutput output, int* prefixes, int* suffixes, int count)
    {
        int* ends = output.Ends(count);
        for (int i = 0; i < count; i++)
        {
            int prefix = prefixes[i];
            int suffix = suffixes[i];
            if ((uint)prefix > (uint)_lastLength || suffix < 0 || suffix > _end - _at)
            {
                throw ParquetErrors.Page($"a value keeps {prefix} bytes of the {_lastLength} before it and adds {suffix}");
            }

            byte* target = output.Room((long)prefix + suffix);
            // The value before is the last of the output, or was saved by an earlier call.
            byte* last = i == 0 ? _last.Pointer : target - _lastLength;
            Buffer.MemoryCopy(last, target, prefix, prefix);
            Buffer.MemoryCopy(_at, target + prefix, suffix, suffix);
            _at += suffix;
            _lastLength = prefix + suffix;
            output.Add(0, _lastLength);
            ends[i] = output.Length;
        }

        output.Add(count, 0);
        _last.Ensure(_lastLength, keep: 0);
        Buffer.MemoryCopy(output.Data + output.Length - _lastLength, _last.Pointer, _lastLength, _lastLength);
    }
}
