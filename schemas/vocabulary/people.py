"""Who acts: organizations, their units, roles of people, and sides of a life-cycle."""

from enum import StrEnum


class OrganizationKind(StrEnum):
    BANK = "bank"
    UNIVERSITY = "university"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    VOCATIONAL_COLLEGE = "vocational_college"
    RESEARCH_INSTITUTE = "research_institute"
    GUARANTOR = "guarantor"
    FUND = "fund"
    LEASING = "leasing"
    INSURER = "insurer"
    SERVICE_INSTITUTION = "service_institution"


class UnitKind(StrEnum):
    HEAD_OFFICE = "head_office"
    BRANCH = "branch"
    SUB_BRANCH = "sub_branch"
    SCHOOL = "school"
    LABORATORY = "laboratory"
    GOVERNMENT_OFFICE = "government_office"
    DEPARTMENT = "department"


class Role(StrEnum):
    OWNER = "owner"
    ACCOUNTANT = "accountant"
    TECHNICAL_LEAD = "technical_lead"
    HELPER = "helper"
    PRODUCT_MANAGER = "product_manager"
    CLERK = "clerk"
    SECRETARY = "secretary"
    RESEARCHER = "researcher"
    OFFICIAL = "official"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


class LineOfDuty(StrEnum):
    INDUSTRY = "industry"
    SCIENCE = "science"
    FINANCE = "finance"
    HUMAN_RESOURCES = "human_resources"
    EDUCATION = "education"
    MARKET_REGULATION = "market_regulation"
    PARTY_OFFICE = "party_office"


class Side(StrEnum):
    """Who acts in, or is awaited by, a state of a life-cycle; `clock` is a time limit running out."""

    ENTERPRISE = "enterprise"
    PROVIDER = "provider"
    OFFICIAL = "official"
    PARTIES = "parties"
    CLOCK = "clock"
