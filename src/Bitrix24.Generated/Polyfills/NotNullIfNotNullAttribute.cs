#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>Provides a type that the compiler requires and that .NET contains.</summary>
[AttributeUsage(AttributeTargets.ReturnValue)]
internal sealed class NotNullIfNotNullAttribute(string parameterName) : Attribute
{
    public string ParameterName { get; } = parameterName;
}
#endif
