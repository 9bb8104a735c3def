namespace Millrace.Sdk;

/// <summary>Values of a text option that are understood, for messages, editors and the reference page.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionValuesAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values => values;
}

/// <summary>An example for the reference page and the JSON Schema.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionExampleAttribute(string example) : Attribute
{
    public string Example => example;
}

/// <summary>A record that may also be written as one value, which then is the value of the named option.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OptionShorthandAttribute(string option) : Attribute
{
    public string Option => option;
}

/// <summary>The record takes, in this property of type <see cref="OptionMap"/>, all options that it has no property for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionRestAttribute : Attribute
{
}

/// <summary>
/// The word null is a value of the option and not the want of one, quoted or not. So it is, too, of an option whose values
/// are listed and include it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionTakesNullAttribute : Attribute
{
}

/// <summary>
/// A text option that stands for a value whose type is known only where it is used, so that a number or true is written for it
/// as well.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAnyScalarAttribute : Attribute
{
}

/// <summary>
/// The option, an <see cref="OptionMap"/>, holds names, each with a group of options, one of which tells the kind of the group
/// and so which others there are.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionKindsAttribute(string key) : Attribute
{
    /// <summary>Name of the option that tells the kind.</summary>
    public string Key => key;

    /// <summary>The options record of each kind.</summary>
    public abstract IReadOnlyDictionary<string, Type> Kinds { get; }
}

/// <inheritdoc cref="OptionKindsAttribute"/>
public sealed class OptionKindsAttribute<TChoices>(string key) : OptionKindsAttribute(key)
    where TChoices : IOptionChoices
{
    public override IReadOnlyDictionary<string, Type> Kinds => TChoices.Choices;
}
