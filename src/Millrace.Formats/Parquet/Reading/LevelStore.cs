using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// The levels of a leaf for the rows of one batch, and the levels of its page that were decoded ahead to find where a row
/// ends. Levels are bytes: groups do not nest deep enough for more.
/// </summary>
internal sealed unsafe class LevelStore(SchemaLeaf leaf) : IDisposable
{
    // Entries that are decoded at once.
    private const int Step = 2048;

    // Runs can stand for any number of entries; a batch of so many is not what a sound file has.
    private const int MaxEntries = 1 << 25;

    private readonly OutputBuffer _definitions = new();
    private readonly OutputBuffer _repetitions = new();
    private int _decoded;

    /// <summary>Entries of the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Entries that the last call of <c>Decode</c> added.</summary>
    public int NewEntries { get; private set; }

    public byte* Definitions => _definitions.Pointer;

    /// <summary>All zero if the leaf is in no list.</summary>
    public byte* Repetitions => _repetitions.Pointer;

    /// <summary>Forgets the entries of the last batch and keeps those that were decoded ahead.</summary>
    public void Clear()
    {
        int ahead = _decoded - Count;
        if (ahead > 0)
        {
            Buffer.MemoryCopy(Definitions + Count, Definitions, ahead, ahead);
            Buffer.MemoryCopy(Repetitions + Count, Repetitions, ahead, ahead);
        }

        _decoded = ahead;
        Count = 0;
    }

    /// <summary>Forgets all entries.</summary>
    public void Reset()
    {
        _decoded = 0;
        Count = 0;
    }

    /// <summary>
    /// Adds entries of a page up to the beginning of the row after the wanted ones, and returns how many rows begin among them.
    /// </summary>
    /// <param name="definitions">Decoder of the page.</param>
    /// <param name="repetitions">Decoder of the page; used if the leaf is in a list.</param>
    /// <param name="pageEntries">Entries of the page that were not added; reduced by those that are.</param>
    /// <param name="rows">Rows that may begin.</param>
    /// <param name="startsRow">Whether the first entry must begin a row.</param>
    public int Decode(ref LevelDecoder definitions, ref LevelDecoder repetitions, ref int pageEntries, int rows, bool startsRow)
    {
        int first = Count;
        int begun = 0;
        while (pageEntries > 0)
        {
            if (_decoded == Count)
            {
                DecodeAhead(ref definitions, ref repetitions, Math.Min(Step, pageEntries));
            }

            int taken = TakeRows(_decoded - Count, rows, ref begun);
            Count += taken;
            pageEntries -= taken;
            if (_decoded > Count)
            {
                break;
            }
        }

        NewEntries = Count - first;
        if (startsRow && NewEntries > 0 && Repetitions[first] != 0)
        {
            throw ParquetErrors.Page("it begins in the middle of a row");
        }

        return begun;
    }

    /// <summary>
    /// Sets a bit per slot of the leaf among the new entries: one for a value, zero for null. Returns the slots and the values.
    /// </summary>
    public (int Slots, int Values) MarkValues(byte* bits, int start)
    {
        byte* definitions = Definitions + (Count - NewEntries);
        int slots = 0;
        int values = 0;
        for (int i = 0; i < NewEntries; i++)
        {
            int level = definitions[i];
            bool isValue = level == leaf.MaxDefinition;
            Bits.Write(bits, start + slots, isValue);
            slots += level >= leaf.SlotLevel ? 1 : 0;
            values += isValue ? 1 : 0;
        }

        return (slots, values);
    }

    public void Dispose()
    {
        _definitions.Dispose();
        _repetitions.Dispose();
    }

    private void DecodeAhead(ref LevelDecoder definitions, ref LevelDecoder repetitions, int count)
    {
        if (_decoded + count > MaxEntries)
        {
            throw ParquetErrors.TooManyEntries(MaxEntries);
        }

        _definitions.Ensure(_decoded + count, keep: _decoded);
        _repetitions.Ensure(_decoded + count, keep: _decoded);
        Decode(ref definitions, leaf.MaxDefinition, Definitions + _decoded, count);
        Decode(ref repetitions, leaf.MaxRepetition, Repetitions + _decoded, count);
        _decoded += count;
    }

    private static void Decode(ref LevelDecoder decoder, int maxLevel, byte* target, int count)
    {
        var levels = new Span<byte>(target, count);
        if (maxLevel == 0)
        {
            levels.Clear();
            return;
        }

        decoder.Decode(target, count);
        if (levels.ContainsAnyExceptInRange((byte)0, (byte)maxLevel))
        {
            throw ParquetErrors.Page($"a level exceeds {maxLevel}");
        }
    }

    // How many of the decoded entries lie before the first one of a row too many.
    private int TakeRows(int available, int rows, ref int begun)
    {
        if (leaf.MaxRepetition == 0)
        {
            int taken = Math.Min(available, rows - begun);
            begun += taken;
            return taken;
        }

        byte* repetitions = Repetitions + Count;
        for (int i = 0; i < available; i++)
        {
            if (repetitions[i] == 0)
            {
                if (begun == rows)
                {
                    return i;
                }

                begun++;
            }
        }

        return available;
    }
}
