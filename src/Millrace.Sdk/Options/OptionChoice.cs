namespace Millrace.Sdk;

/// <summary>Names the alternatives of an <see cref="OptionChoice{TChoices}"/>.</summary>
public interface IOptionChoices
{
    /// <summary>The options record of each alternative.</summary>
    static abstract IReadOnlyDictionary<string, Type> Choices { get; }

    /// <summary>Name of the option, in a group, that names the alternative.</summary>
    static virtual string Key => OptionChoice.NameKey;
}

/// <summary>An option that names one of several alternatives, each with options of its own.</summary>
public abstract record OptionChoice
{
    internal const string NameKey = "name";

    private protected OptionChoice(string? name, OptionMap raw)
    {
        Name = name;
        Raw = raw;
    }

    /// <summary>The alternative that was named; null when it is left to be found out.</summary>
    public string? Name { get; }

    /// <summary>Its options, unbound.</summary>
    public OptionMap Raw { get; }

    /// <summary>The options record of each alternative.</summary>
    public abstract IReadOnlyDictionary<string, Type> Alternatives { get; }

    /// <summary>Name of the option, in a group, that names the alternative.</summary>
    public abstract string Key { get; }

    /// <summary>Binds the options to an alternative's record.</summary>
    public object Bind(string name)
    {
        var faults = new OptionFaults();
        object options = OptionBinder.Bind(Alternatives[name], Raw, faults);
        faults.ThrowIfAny();
        return options;
    }
}

/// <summary>
/// A choice written <c>format: csv</c>, <c>format: {name: csv, delimiter: ";"}</c> or, when the name can be found out,
/// <c>format: {delimiter: ";"}</c>.
/// </summary>
public sealed record OptionChoice<TChoices> : OptionChoice
    where TChoices : IOptionChoices
{
    public OptionChoice(string? name, OptionMap raw)
        : base(name, raw)
    {
    }

    public override IReadOnlyDictionary<string, Type> Alternatives => TChoices.Choices;

    public override string Key => TChoices.Key;
}
