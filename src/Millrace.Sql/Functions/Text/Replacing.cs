using System.Text;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Texts with parts exchanged.</summary>
internal static class Replacing
{
    public static Column Replace(in KernelCall call) => Rows.Text(call, new ReplaceRow(call));

    public static Column Translate(in KernelCall call) => Rows.Text(call, new TranslateRow(call));

    private readonly ref struct ReplaceRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _old = call.Text(1);
        private readonly TextArgument _new = call.Text(2);
        private readonly int _limit = call.Context.MaxValueBytes;
        private readonly RowFaults _faults = call.Faults;

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            ReadOnlySpan<byte> old = _old[row];
            int found = old.IsEmpty ? 0 : text.Count(old);
            if (found == 0)
            {
                result.Append(text);
                return;
            }

            ReadOnlySpan<byte> replacement = _new[row];
            long bytes = text.Length + (found * ((long)replacement.Length - old.Length));
            if (bytes > _limit)
            {
                _faults.Add(row, FunctionErrors.ValueTooLargeCode, FunctionErrors.TooLarge("replace", bytes, _limit));
                result.AppendNull();
                return;
            }

            Span<byte> target = result.GetSpan((int)bytes);
            for (int at = text.IndexOf(old); at >= 0; at = text.IndexOf(old))
            {
                text[..at].CopyTo(target);
                replacement.CopyTo(target[at..]);
                target = target[(at + replacement.Length)..];
                text = text[(at + old.Length)..];
            }

            text.CopyTo(target);
            result.Commit((int)bytes);
        }
    }

    private readonly struct TranslateRow(in KernelCall call) : IBuilderRow<BinaryBuilder>
    {
        private readonly TextArgument _text = call.Text(0);
        private readonly TextArgument _from = call.Text(1);
        private readonly TextArgument _to = call.Text(2);
        private readonly CharacterMap _map = new();

        public void Append(int row, BinaryBuilder result)
        {
            ReadOnlySpan<byte> text = _text[row];
            _map.Prepare(_from[row], _to[row]);
            Span<byte> target = result.GetSpan(checked((int)(text.Length * 4L)));
            int written = 0;
            for (int at = 0; at < text.Length;)
            {
                int start = at;
                Rune rune = Utf8Text.Read(text, ref at);
                if (!_map.TryFind(rune, out Rune? replacement))
                {
                    text[start..at].CopyTo(target[written..]);
                    written += at - start;
                }
                else if (replacement is { } other)
                {
                    written += other.EncodeToUtf8(target[written..]);
                }
            }

            result.Commit(written);
        }
    }

    /// <summary>Which code point stands for which; made anew only when the arguments change.</summary>
    private sealed class CharacterMap
    {
        private readonly Dictionary<Rune, Rune?> _map = [];
        private byte[] _from = [];
        private byte[] _to = [];

        public void Prepare(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
        {
            if (from.SequenceEqual(_from) && to.SequenceEqual(_to))
            {
                return;
            }

            (_from, _to) = (from.ToArray(), to.ToArray());
            _map.Clear();
            int other = 0;
            for (int at = 0; at < from.Length;)
            {
                Rune rune = Utf8Text.Read(from, ref at);
                Rune? replacement = other < to.Length ? Utf8Text.Read(to, ref other) : null;
                _map.TryAdd(rune, replacement);
            }
        }

        public bool TryFind(Rune rune, out Rune? replacement) => _map.TryGetValue(rune, out replacement);
    }
}
