#if !NET
namespace System.Diagnostics.CodeAnalysis;

/// <summary>What the compiler looks for; .NET has it.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class NotNullAttribute : Attribute;
#endif
