using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>
/// Values that are stored by the code of a dictionary as long as that pays, and otherwise directly. Whether it pays is
/// decided with the first page of a chunk, earlier if most values are new, and later if the dictionary grows too large:
/// or when memory is short: pages that were written with it then stay so.
/// </summary>
internal abstract unsafe class DictionaryValueWriter(LeafEncoding encoding, WriteScratch scratch) : ValueWriter
{
    // So many values show whether most are distinct.
    private const int Sample = 4096;

    // Below so many distinct values nothing beats their codes.
    private const int SurelySmall = 64;

    // A dictionary serves several pages, so that only a part of it counts against the first.
    private const int PagesServed = 4;

    private readonly ByteBuffer _codes = new();
    private readonly ByteBuffer _trial = scratch.Trial;
    private bool _coded = encoding.Dictionary;
    private bool _closing;
    private int _codedPages;

    /// <summary>Encoding of values without a dictionary.</summary>
    protected ParquetEncoding Direct => encoding.Direct;

    /// <summary>The page's values are held as codes.</summary>
    protected bool IsCoded => _coded;

    protected ReadOnlySpan<int> Codes => new((int*)_codes.Pointer, _codes.Length / sizeof(int));

    /// <summary>Distinct values in the dictionary.</summary>
    protected abstract int DictionaryCount { get; }

    /// <summary>The dictionary in plain encoding.</summary>
    protected abstract ReadOnlySpan<byte> DictionaryPlain { get; }

    public sealed override int PageValues => _coded ? _codes.Length / sizeof(int) : DirectValues;

    public sealed override long PageBytes => _coded ? _codes.Length : DirectBytes;

    /// <summary>The dictionary is full: the page has to end, and the next one goes without.</summary>
    public sealed override bool PageMustEnd => _coded && _codedPages > 0 && DictionaryPlain.Length >= encoding.DictionaryBytes;

    public sealed override bool HasClosedDictionary => !_coded && _codedPages > 0 && DictionaryCount > 0;

    protected abstract int DirectValues { get; }

    protected abstract long DirectBytes { get; }

    public sealed override ParquetEncoding EncodePage(ByteBuffer target)
    {
        if (!_coded)
        {
            if (Bloom is not null)
            {
                AddToBloom(Bloom, dictionary: false);
            }

            ParquetEncoding direct = EncodeDirect(target);
            ClearDirect();
            return direct;
        }

        if (PageValues == 0)
        {
            // Only nulls: nothing that a dictionary would be needed for.
            _coded = !_closing;
            return ParquetEncoding.Plain;
        }

        if (_codedPages == 0 && !encoding.Insist && DictionaryCount > SurelySmall && EncodeFirstDirect(target) is { } chosen)
        {
            return chosen;
        }

        EncodeCodes(target);
        _coded = !_closing && !PageMustEnd;
        return ParquetEncoding.RleDictionary;
    }

    public sealed override void CloseDictionary()
    {
        _closing = true;
        _coded &= PageValues > 0;
    }

    public sealed override int TakeDictionary(ByteBuffer target)
    {
        int count = _codedPages > 0 ? DictionaryCount : 0;
        if (count > 0)
        {
            target.Write(DictionaryPlain);
            if (Bloom is not null)
            {
                AddToBloom(Bloom, dictionary: true);
            }
        }

        ClearDictionary();
        return count;
    }

    public sealed override void StartChunk()
    {
        _coded = encoding.Dictionary;
        _closing = false;
        _codedPages = 0;
    }

    public override void Dispose() => _codes.Dispose();

    /// <summary>Room for codes of values that are about to be added.</summary>
    protected int* ReserveCodes(int count) => (int*)_codes.Reserve(checked(count * sizeof(int)));

    /// <summary>Makes the reserved codes part of the page and gives the dictionary up if it does not pay.</summary>
    protected void AddCodes(int count)
    {
        _codes.Advance(count * sizeof(int));
        if (_codedPages > 0)
        {
            return;
        }

        int values = _codes.Length / sizeof(int);
        bool tooMany = values >= Sample && DictionaryCount > values - (values / 4) && !encoding.Insist;
        if (tooMany || DictionaryPlain.Length >= encoding.DictionaryBytes)
        {
            GiveUp();
        }
    }

    protected abstract void ClearDictionary();

    /// <summary>Appends the values of codes to those held directly.</summary>
    protected abstract void Decode(ReadOnlySpan<int> codes);

    /// <summary>Encodes the values held directly.</summary>
    protected abstract ParquetEncoding EncodeDirect(ByteBuffer target);

    protected abstract void ClearDirect();

    /// <summary>Adds the values of the dictionary, or those held directly.</summary>
    protected abstract void AddToBloom(BloomFilterBuilder bloom, bool dictionary);

    /// <summary>The values of the page are about to be held directly instead of by code.</summary>
    protected virtual void OnGiveUp()
    {
    }

    private void GiveUp()
    {
        OnGiveUp();
        Decode(Codes);
        _codes.Release();
        ClearDictionary();
        _coded = false;
    }

    // Encodes the chunk's first page both ways; null when the dictionary wins.
    private ParquetEncoding? EncodeFirstDirect(ByteBuffer target)
    {
        _trial.Truncate();
        Decode(Codes);
        ParquetEncoding direct = EncodeDirect(_trial);
        ClearDirect();
        long codes = (long)PageValues * RleHybridEncoder.WidthOf(DictionaryCount - 1) / 8;
        if (codes + (DictionaryPlain.Length / PagesServed) <= _trial.Length)
        {
            return null;
        }

        if (Bloom is not null)
        {
            AddToBloom(Bloom, dictionary: true);
        }

        target.Write(_trial.Written);
        _codes.Release();
        ClearDictionary();
        _coded = false;
        return direct;
    }

    private void EncodeCodes(ByteBuffer target)
    {
        int width = Math.Max(1, RleHybridEncoder.WidthOf(DictionaryCount - 1));
        target.Write((byte)width);
        RleHybridEncoder.Encode((int*)_codes.Pointer, _codes.Length / sizeof(int), width, target);
        _codes.Release();
        _codedPages++;
    }
}
