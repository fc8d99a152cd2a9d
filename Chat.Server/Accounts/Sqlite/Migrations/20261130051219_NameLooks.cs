using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Accounts.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class NameLooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "NameLook",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "NameRestsUntil",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "OwnsNameLook",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_NameLook",
                table: "Accounts",
                column: "NameLook");

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_OwnNameLook",
                table: "Accounts",
                column: "NameLook",
                unique: true,
                filter: "\"OwnsNameLook\"");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Accounts_NameLook",
                table: "Accounts");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_OwnNameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameLook",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "NameRestsUntil",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "OwnsNameLook",
                table: "Accounts");
        }
    }
}
