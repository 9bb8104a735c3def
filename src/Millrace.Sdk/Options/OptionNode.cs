namespace Millrace.Sdk;

/// <summary>
/// Configuration before it is bound: what a YAML file, a URL query, a <c>WITH (…)</c> clause or a command line says, with
/// the place of every part, so that every message can point at it.
/// </summary>
public abstract record OptionNode(ErrorPlace Place)
{
    /// <summary>The whole name of the option as it was written, where that is not the name it has in its group: <c>failure.strategy</c>.</summary>
    public string? WrittenName { get; init; }
}

/// <summary>One value as text.</summary>
/// <param name="Text">The value as written, without quotes.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Quoted">Whether it was quoted: then <c>null</c> and <c>~</c> are texts and not the absence of a value.</param>
public sealed record OptionScalar(string Text, ErrorPlace Place, bool Quoted = false) : OptionNode(Place)
{
    internal const string NullWord = "null";

    public bool IsNull => !Quoted && Text is "" or "~" or NullWord;
}

/// <summary>Several values.</summary>
public sealed record OptionList(IReadOnlyList<OptionNode> Items, ErrorPlace Place) : OptionNode(Place);

/// <summary>Named values, in the order written.</summary>
public sealed record OptionMap(ErrorPlace Place) : OptionNode(Place)
{
    private readonly List<OptionEntry> _entries = [];

    public IReadOnlyList<OptionEntry> Entries => _entries;

    public OptionNode? this[string name] => _entries.Find(e => e.Name == name)?.Value;

    /// <summary>Adds an option or replaces its value.</summary>
    public void Set(string name, OptionNode value, ErrorPlace? namePlace = null)
    {
        int index = _entries.FindIndex(e => e.Name == name);
        var entry = new OptionEntry(name, value, namePlace ?? value.Place);
        if (index < 0)
        {
            _entries.Add(entry);
        }
        else
        {
            _entries[index] = entry;
        }
    }

    /// <summary>Adds an option by a dotted path: <c>format.delimiter</c> is the option <c>delimiter</c> within <c>format</c>.</summary>
    public void SetPath(string path, OptionNode value)
    {
        int dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            Set(path, value);
            return;
        }

        string head = path[..dot];
        OptionMap inner;
        switch (this[head])
        {
            case OptionMap map:
                inner = map;
                break;
            case OptionScalar scalar:
                // `format=csv&format.delimiter=;` names a choice and sets an option of it.
                inner = new OptionMap(scalar.Place);
                inner.Set(OptionChoice.NameKey, scalar);
                Set(head, inner);
                break;
            default:
                inner = new OptionMap(value.Place);
                Set(head, inner);
                break;
        }

        inner.SetPath(path[(dot + 1)..], value);
    }

    public bool Remove(string name) => _entries.RemoveAll(e => e.Name == name) > 0;

    /// <summary>A map with some of the entries.</summary>
    public OptionMap Where(Func<OptionEntry, bool> keep)
    {
        var map = new OptionMap(Place);
        map._entries.AddRange(_entries.Where(keep));
        return map;
    }

    public bool Equals(OptionMap? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <param name="Name">Name as written.</param>
/// <param name="Value">Its value.</param>
/// <param name="NamePlace">Where the name stands.</param>
public sealed record OptionEntry(string Name, OptionNode Value, ErrorPlace NamePlace);
