using System.Diagnostics.CodeAnalysis;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Values are among those listed.</summary>
internal static class EnumRule
{
    public static ContractRule Of(AssetColumn column, DataType type)
    {
        if (type.IsText)
        {
            return new TextEnumRule(column) { ShowsValues = column.IsShowable };
        }

        return type.Layout == TypeLayout.Fixed && type.Id != TypeId.Uuid && type.Id != TypeId.FixedBinary
            ? TextForms.Dispatch<RuleVisitor, ContractRule>(type, new RuleVisitor(column, type))
            : throw ContractErrors.BadRule($"{column.Name}.enum", $"does not apply to values of {type}");
    }

    /// <summary>The list, shortened for messages.</summary>
    public static string Shown(IReadOnlyList<string> values) => $"expected one of {string.Join(", ", values.Take(10))}{(values.Count > 10 ? ", …" : "")}";

    private readonly struct RuleVisitor(AssetColumn column, DataType type) : ITextFormVisitor<ContractRule>
    {
        public ContractRule Visit<T, TForm>(TForm form)
            where T : unmanaged
            where TForm : struct, ITextForm<T>
        {
            var values = new HashSet<T>();
            foreach (string text in column.Enum!)
            {
                values.Add(form.TryParse(Encoding.UTF8.GetBytes(text), out T value)
                    ? value
                    : throw ContractErrors.BadRule($"{column.Name}.enum", $"lists '{text}', which is no value of {type}"));
            }

            return new FixedEnumRule<T>(column, values) { ShowsValues = column.IsShowable };
        }
    }
}

/// <summary>Texts are among those listed.</summary>
internal sealed class TextEnumRule : TextRule
{
    private readonly IReadOnlyList<string> _shown;
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _values;

    public TextEnumRule(AssetColumn column)
        : base(column.Name, "enum", ContractErrors.EnumCode)
    {
        _shown = column.Enum!;
        _values = new HashSet<byte[]>(_shown.Select(Encoding.UTF8.GetBytes), Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public override string Expected => EnumRule.Shown(_shown);

    protected override bool Holds(ReadOnlySpan<byte> text) => _values.Contains(text);

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] value) => GetHashCode(value.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> value)
        {
            var hash = new HashCode();
            hash.AddBytes(value);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}

/// <summary>Values of fixed width are among those listed.</summary>
internal sealed class FixedEnumRule<T>(AssetColumn column, HashSet<T> values) : ContractRule(column.Name, "enum", ContractErrors.EnumCode)
    where T : unmanaged
{
    public override string Expected => EnumRule.Shown(column.Enum!);

    public override bool HoldsForAll(Column column)
    {
        ReadOnlySpan<T> all = ((FixedColumn<T>)column).Values;
        bool hasNulls = column.HasNulls;
        for (int row = 0; row < all.Length; row++)
        {
            if (!(hasNulls && column.IsNull(row)) && !values.Contains(all[row]))
            {
                return false;
            }
        }

        return true;
    }

    public override void Mark(Column column, Span<ulong> broken)
    {
        ReadOnlySpan<T> all = ((FixedColumn<T>)column).Values;
        for (int row = 0; row < all.Length; row++)
        {
            if (!column.IsNull(row) && !values.Contains(all[row]))
            {
                Break(broken, row);
            }
        }
    }
}
