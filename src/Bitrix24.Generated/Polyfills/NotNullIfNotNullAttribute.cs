#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>What the compiler looks for; .NET has it.</summary>
[AttributeUsage(AttributeTargets.ReturnValue)]
internal sealed class NotNullIfNotNullAttribute(string parameterName) : Attribute
{
    public string ParameterName { get; } = parameterName;
}
#endif
