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
